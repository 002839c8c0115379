"""One pattern as in ``.gitignore``, as the library pathspec reads it, but matched without going back to a star.

Project files may come from a cloned repository, and backtracking to every star for all of the others takes years.
"""

import re
import warnings

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# What pathspec writes for "**/" at the start, for "/**" and for "*".
_LEADING_FOLDERS, _FOLDERS, _STAR = "^(?:.+/)?", "(?:/.+)?", "[^/]*"


class GitignorePattern(GitIgnoreSpecPattern):
    """A pattern, or a line that is none: then ``include`` is None. Raises ValueError if it could match nothing."""

    def __init__(self, line: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # about a bracket in brackets
                super().__init__(line)
        except re.error as error:
            raise ValueError(str(error)) from error
        if self.include is None and line.strip() not in {"", "/"} and not line.startswith("#"):
            raise ValueError("a bracket is not closed")

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        """The regular expression, None for a line that is no pattern; and whether it excludes what matches."""
        regex, excludes = super().pattern_to_regex(pattern)
        return (None if regex is None else _without_going_back(regex)), excludes


def _without_going_back(regex: str) -> str:
    """``regex`` with atomic groups: the first match of every part but the last leaves the most to what follows."""
    first, *others = map(_with_stars, regex.split(_FOLDERS))
    if not others:
        return first
    first = f"(?>{first.replace(_LEADING_FOLDERS, '^(?:.+?/)??')}(?=/))"
    inner = "".join(f"(?>(?:/.+?)??{part}(?=/))" for part in others[:-1])
    return f"{first}{inner}{_FOLDERS}{others[-1]}"


def _with_stars(regex: str) -> str:
    first, *others = regex.split(_STAR)
    if not others:
        return first
    inner = "".join(f"(?>[^/]*?{part})" for part in others[:-1])
    return f"{first}{inner}{_STAR}{others[-1]}"
