"""Released packages as human code with a known date: the pinned list, and downloading them with the usual clients.

``human_packages.toml`` pins releases from before assistants wrote whole functions. If a release from before code
completion by models is pinned as well, the two show which functions are really from the later time. Nothing from a
package is ever executed: only wheels are downloaded from PyPI, since pip runs the build script of a source archive
even to download it, and npm is run with ``--ignore-scripts``.
"""

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.corpus.pins import read_pins
from codeorigin_training.corpus.rows import CorpusError
from codeorigin_training.run import Log

ASSISTED_FROM = datetime.date(2021, 6, 29)
"""The day the first code assistant for everyone was announced; code from before was written by humans alone."""

HUMAN_UNTIL = datetime.date(2022, 11, 29)
"""The last day whose code counts as human; the first chat model for everyone was released on the next day."""

REGISTRIES = {"pypi": ".whl", "npm": ".tgz"}
"""The suffix of archives for each registry."""

_FILE = "human_packages.toml"


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned release. ``earlier`` is a version released before :data:`ASSISTED_FROM`, or None."""

    registry: str
    name: str
    version: str
    date: datetime.date
    earlier: str | None = None

    def __post_init__(self) -> None:
        if self.registry not in REGISTRIES:
            raise CorpusError(f"{self.registry}: unknown registry; there are {', '.join(REGISTRIES)}")
        if self.date > HUMAN_UNTIL:
            raise CorpusError(
                f"{self.repo} {self.version} is of {self.date}; pin a release up to {HUMAN_UNTIL}"
            )

    @property
    def repo(self) -> str:
        """The repository name in the corpus, such as ``pypi:attrs``; no GitHub repository can have such a name."""
        return f"{self.registry}:{self.name}"

    @property
    def modern(self) -> bool:
        """Whether the release dates from the time of code assistants."""
        return self.date >= ASSISTED_FROM

    def archive(self, folder: Path, version: str) -> Path:
        """The path of the archive of ``version`` in ``folder``."""
        name = self.name.replace("/", "-").removeprefix("@")
        return folder / f"{self.registry}-{name}-{version}{REGISTRIES[self.registry]}"

    def versions(self) -> Iterator[str]:
        """The pinned version, then the earlier one if there is one."""
        yield self.version
        if self.earlier is not None:
            yield self.earlier

    def is_in(self, folder: Path) -> bool:
        """Whether all of its archives are in ``folder``."""
        return all(self.archive(folder, version).is_file() for version in self.versions())


def read_packages(file: Path | None = None) -> list[Package]:
    """The packages pinned in ``file``, by default those of the list that comes with this program.

    The file has a table for each registry; a key is a package's name, its value ``{ version, date }`` and
    optionally ``earlier``.

    Raises:
        CorpusError: the file cannot be read, or an entry is incomplete or invalid.
    """
    return [_package(*pin) for pin in read_pins(file, _FILE)]


def download(packages: Sequence[Package], folder: Path, log: Log) -> list[Package]:
    """Download what is not yet in ``folder`` and return the packages whose archives are all there.

    A package that cannot be downloaded is left out, with a line in ``log``; it is no reason to stop. Nothing from a
    package is executed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there: list[Package] = []
    for package in packages:
        failed = next((reason for v in package.versions() if (reason := _fetch(package, v, folder))), None)
        if failed is None:
            there.append(package)
        else:
            log(f"{package.repo}: left out, {failed}")
    log(f"packages: {len(there)} of {len(packages)} are in {folder}")
    return there


def _package(registry: str, name: str, entry: object) -> Package:
    if not isinstance(entry, dict) or not {"version", "date"} <= set(entry) <= {"version", "date", "earlier"}:
        raise CorpusError(f"{registry}/{name}: give version and date, and earlier if wanted")
    version, date, earlier = entry["version"], entry["date"], entry.get("earlier")
    if not isinstance(date, datetime.date) or not isinstance(version, str):
        raise CorpusError(f"{registry}/{name}: version must be text, date a date without quotes")
    return Package(registry, name, version, date, earlier)


def _fetch(package: Package, version: str, folder: Path) -> str | None:
    """Download one archive to ``folder``; returns the reason if that failed, else None."""
    target = package.archive(folder, version)
    if target.exists():
        return None
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        command = _COMMANDS[package.registry](package.name, version, temporary)
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=temporary, check=False)
        except OSError as error:
            return f"{command[0]} cannot be started ({error.strerror}); install it"
        archives = list(Path(temporary).glob(f"*{REGISTRIES[package.registry]}"))
        if done.returncode or len(archives) != 1:
            last = (done.stderr.strip() or done.stdout.strip() or "no archive came").splitlines()[-1]
            return f"{version} cannot be downloaded ({last})"
        shutil.move(archives[0], target)
    return None


def _pip(name: str, version: str, folder: str) -> list[str]:
    # The code is only read, so it may require another Python version.
    options = [
        "--no-deps",
        "--only-binary",
        ":all:",
        "--ignore-requires-python",
        "--disable-pip-version-check",
    ]
    return [sys.executable, "-m", "pip", "download", "--quiet", *options, "-d", folder, f"{name}=={version}"]


def _npm(name: str, version: str, folder: str) -> list[str]:
    npm = "npm.cmd" if os.name == "nt" else "npm"
    return [npm, "pack", f"{name}@{version}", "--ignore-scripts", "--pack-destination", folder]


_COMMANDS: dict[str, Callable[[str, str, str], list[str]]] = {"pypi": _pip, "npm": _npm}
