"""Source packages of a Linux distribution as human code with a known date: the pinned list, and downloading them.

``debian_packages.toml`` pins packages of suites that were frozen before chat models wrote code: their version, the
archive of the upstream project with its size and SHA-256, and the date of the newest file in it. Other archives of
a package hold other projects' code and are not read. Nothing from a package is ever executed.
"""

import datetime
import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from codeorigin.model.folder import sha256_of
from codeorigin_training.data.debian.apt import SourceClient
from codeorigin_training.data.rows import ASSISTED_FROM, HUMAN_UNTIL, CorpusError
from codeorigin_training.run import Log

LARGEST_DOWNLOAD = 30_000_000
"""The maximum size in bytes of a pinned archive."""

_FILE = "debian_packages.toml"


def _matching(pattern: str) -> Any:
    """A text that fits a pattern; these are used as command arguments and file names."""
    return Field(pattern=rf"\A(?:{pattern})\z")


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class SourcePackage:
    """One pinned package. ``archive`` is the file name of its upstream code, ``size`` that file's size in bytes."""

    suite: Annotated[str, _matching("[a-z]+")]
    name: Annotated[str, _matching("[a-z0-9][a-z0-9+.-]+")]
    version: Annotated[str, _matching("[0-9][0-9A-Za-z.+~:-]*")]
    date: Annotated[datetime.date, Field(le=HUMAN_UNTIL)]
    archive: Annotated[str, _matching(r"[a-z0-9][a-z0-9+.-]+_[0-9][0-9A-Za-z.+~-]*\.tar\.(gz|bz2|xz)")]
    size: Annotated[int, Field(gt=0, le=LARGEST_DOWNLOAD)]
    sha256: Annotated[str, _matching("[0-9a-f]{64}")]

    @property
    def repo(self) -> str:
        """The repository name in the corpus, as in ``human.parquet``."""
        return f"debian/{self.name}"

    @property
    def modern(self) -> bool:
        """Whether the code dates from the time of code assistants."""
        return self.date >= ASSISTED_FROM

    def fault(self, folder: Path) -> str | None:
        """What is wrong with its archive in ``folder``; None if it is the pinned one."""
        path = folder / self.archive
        if not path.is_file():
            return f"{self.archive} is not there; download the packages first"
        if path.stat().st_size != self.size or sha256_of(path) != self.sha256:
            return f"{self.archive} does not have the pinned SHA-256; delete it and download it again"
        return None


def read_source_packages(file: Path | None = None) -> list[SourcePackage]:
    """The packages pinned in ``file``, by default those of the list that comes with this program.

    The file has a table for each suite; a key is a package's name, its value ``{ version, date, archive, size,
    sha256 }``.

    Raises:
        CorpusError: the file cannot be read, or an entry is incomplete or invalid.
    """
    try:
        text = (
            resources.files("codeorigin_training.data").joinpath(_FILE).read_text(encoding="utf-8")
            if file is None
            else file.read_text(encoding="utf-8")
        )
        suites = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{file or _FILE}: cannot be read as TOML ({error})") from error
    return [
        _package(suite, name, entry)
        for suite, entries in suites.items()
        # A value instead of a table has no name, and is rejected as a package.
        for name, entry in (entries.items() if isinstance(entries, dict) else [("", entries)])
    ]


def download_sources(
    packages: Sequence[SourcePackage], folder: Path, log: Log, client: SourceClient | None = None
) -> list[SourcePackage]:
    """Download what is not yet in ``folder`` and return the packages whose archive is there as pinned.

    Other packages are left out, with a line in ``log``. Nothing from a package is executed. ``client`` is by default
    apt with a separate configuration below ``folder``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not (folder / package.archive).is_file()]
    reasons: dict[str, str] = {}
    if missing:
        client = client or SourceClient(folder / "apt")
        failed = client.update(sorted({package.suite for package in missing}))
        for package in missing:
            reason = failed or client.fetch(package.name, package.version, folder, package.archive)
            if reason is not None:
                reasons[package.repo] = reason
    there: list[SourcePackage] = []
    for package in packages:
        reason = reasons.get(package.repo) or package.fault(folder)
        if reason is None:
            there.append(package)
        else:
            log(f"{package.repo}: left out, {reason}")
    log(f"source packages: {len(there)} of {len(packages)} are in {folder}")
    return there


def _package(suite: str, name: str, entry: object) -> SourcePackage:
    if not isinstance(entry, dict):
        raise CorpusError(f"{suite}/{name}: give version, date, archive, size and sha256")
    try:
        return SourcePackage(**entry | {"suite": suite, "name": name})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise CorpusError(f"{suite}/{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
