"""Where the code of a check is from: its project, its commit, and the files that are as they are there."""

import hashlib
from pathlib import Path

from codeorigin.check.result import CheckResult
from codeorigin.core.errors import RepositoryError
from codeorigin.git.published import Published
from codeorigin.git.repository import Repository
from codeorigin.past.place import repository_folder
from codeorigin.report.origin import Origin
from codeorigin.shell.terminal import printable


def origin_of(result: CheckResult, folder: Path) -> Origin:
    """The origin of what was checked in ``folder``."""
    outside = Origin(printable(folder.resolve().name))
    if repository_folder(folder) is None:
        return outside
    try:
        repository = Repository.of(folder)
        commit = (result.change.new if result.change else None) or repository.head()
        published = Published.at(repository.remote() or "")
        paths = {} if published is None or commit is None else _unchanged(result, repository, commit)
    except RepositoryError:
        return outside
    name = published.name if published else (repository.root or repository.folder).name
    return Origin(printable(name), outside.date, commit, published, paths)


def _unchanged(result: CheckResult, repository: Repository, commit: str) -> dict[str, str]:
    """The paths at ``commit`` of the files that have the same text there, by their displayed paths."""
    found: dict[str, tuple[str, str]] = {}
    for file in result.files:
        source = file.source
        inside = source.inside or (None if source.file is None else repository.inside(source.file))
        if file.functions and file.text is not None and file.cell is None and inside is not None:
            data = file.text.encode("utf-8", "surrogatepass")
            header = f"blob {len(data)}\0".encode()
            digest = hashlib.new(repository.object_format, header + data, usedforsecurity=False)
            found[file.shown] = inside, digest.hexdigest()
    names = repository.all_named(*(f"{commit}:{inside}" for inside, _ in found.values()))
    return {
        shown: inside
        for (shown, (inside, blob)), name in zip(found.items(), names, strict=True)
        if name == blob
    }
