"""Files that patterns as in ``.gitignore`` exclude, by the rules of the library pathspec.

Unlike in git, a negated pattern takes back what it matches even if a folder above is excluded.
"""

import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from codeorigin.text.gitignore_pattern import GitignorePattern


def read_pattern(line: str) -> "GitignorePattern":
    """The pattern on a line; raises ValueError if it is neither a valid pattern, nor a comment or blank."""
    # Most projects exclude nothing, and the import takes as long as checking three files.
    from codeorigin.text.gitignore_pattern import GitignorePattern  # noqa: PLC0415

    return GitignorePattern(line)


class Exclusions:
    """What ``patterns`` exclude; they are relative to ``folder``."""

    def __init__(self, patterns: Sequence["GitignorePattern"], folder: Path) -> None:
        self._patterns = [pattern for pattern in patterns if pattern.include is not None]
        self._can_take_back = any(not pattern.include for pattern in self._patterns)
        self._folder = os.path.abspath(folder)  # noqa: PTH100 - links are not followed

    def file(self, path: Path) -> bool:
        return self.by(path) is not None

    def by(self, path: Path) -> str | None:
        """The pattern that excludes the file at ``path``; None if it is not excluded."""
        if not self._patterns:
            return None
        found = self._spec.check_file(self._relative(path))
        excluding = found.include and found.index is not None
        return str(self._patterns[found.index or 0].pattern) if excluding else None

    def folder(self, path: Path) -> bool:
        """Whether everything in the folder at ``path`` is excluded."""
        relative = f"{self._relative(path)}/"
        return bool(self._patterns) and not self._can_take_back and self._spec.match_file(relative)

    def inside(self, folder: Path) -> "Exclusions":
        """Those for a ``folder`` that the user named: without the patterns that match it or a folder above it."""
        relative = f"{self._relative(folder)}/"
        left = [pattern for pattern in self._patterns if pattern.match_file(relative) is None]
        return Exclusions(left, Path(self._folder))

    @cached_property
    def _spec(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - as above

        return GitIgnoreSpec(self._patterns)

    def _relative(self, path: Path) -> str:
        """``path`` relative to the folder; from the root if it is not below the folder."""
        full = Path(os.path.abspath(path))  # noqa: PTH100
        base = self._folder if full.is_relative_to(self._folder) else full.anchor
        return full.relative_to(base).as_posix()


@lru_cache(maxsize=64)
def exclusions(lines: tuple[str, ...], folder: Path) -> Exclusions:
    """What patterns, one per line, exclude below ``folder``; raises ValueError if one is not valid."""
    return Exclusions([read_pattern(line) for line in lines], folder)
