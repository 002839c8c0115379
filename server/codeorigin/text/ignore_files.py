"""Ignore files with git's semantics (gitignore(5)), for a top-down walk and for a single path.

Each entry is matched on its own, and everything below an ignored folder is ignored. The pathspec library matches a
path *or a folder above it*, and so with negated patterns includes files that git does not.
"""

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from codeorigin.text.regular_files import read_regular_file

_MAX_BYTES = 1_000_000
_POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_BRACKET = re.compile(r"\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]")


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    folders_only: bool
    negated: bool


class IgnorePatterns:
    """The patterns of one ignore file. Lines that git would skip and invalid patterns are skipped."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns: list[_Pattern] = []
        for line in lines:
            with suppress(ValueError):
                pattern = _parsed(line)
                if pattern is not None:
                    self._patterns.append(pattern)
        self._patterns.reverse()

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether ``path`` (relative to the ignore file, with ``/``) is ignored; None if no pattern matches."""
        for pattern in self._patterns:
            if (is_folder or not pattern.folders_only) and pattern.regex.fullmatch(path):
                return not pattern.negated
        return None

    def ignores_file(self, path: str) -> bool:
        """Whether the file at ``path`` (as in :meth:`verdict`) or a folder above it is ignored."""
        folders = (path[: slash.start()] for slash in re.finditer("/", path))
        return any(self.verdict(folder, is_folder=True) for folder in folders) or bool(
            self.verdict(path, is_folder=False)
        )


class IgnoreRules:
    """The ignore files that apply to a folder, nearest first; the nearest one with a matching pattern decides."""

    def __init__(self, files: tuple[tuple[str, IgnorePatterns], ...] = ()) -> None:
        self._files = files

    @classmethod
    def above(cls, folder: str) -> "IgnoreRules":
        """The rules for ``folder`` (an absolute path) from the ignore files above it in its repository.

        They are empty if they ignore the folder itself: the user named it, so it is walked.
        """
        above: list[str] = []
        for parent in (Path(folder), *Path(folder).parents):
            if str(parent) != folder:
                above.append(str(parent))
            if os.path.lexists(parent / ".git"):  # unlike Path.exists, never raises
                break
        else:
            return cls()
        rules = cls()
        for name in reversed(above):
            rules = rules.with_folder(name)
        if any(rules.ignores(name, is_folder=True) for name in (*above[:-1], folder)):
            return cls()
        return rules

    def with_folder(self, folder: str) -> "IgnoreRules":
        """These rules with the ignore files in ``folder``, if any, in front."""
        files = self._files
        for name in (".git/info/exclude", ".gitignore"):
            try:
                text = read_regular_file(Path(folder, name), _MAX_BYTES).decode("utf-8-sig", "replace")
            except (OSError, ValueError):
                continue
            files = ((folder, IgnorePatterns(text.split("\n"))), *files)
        return IgnoreRules(files)

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether the entry at ``path`` (absolute), whose parent is not ignored, is ignored."""
        for folder, patterns in self._files:
            relative = path[len(folder) :].replace(os.sep, "/").removeprefix("/")
            verdict = patterns.verdict(relative, is_folder=is_folder)
            if verdict is not None:
                return verdict
        return False


def check_pattern(line: str) -> None:
    """Raise ValueError if ``line`` is neither a valid pattern, nor a comment or a blank line."""
    _parsed(line)


def _parsed(line: str) -> _Pattern | None:
    """The pattern on one line of an ignore file; None for a comment or a blank line.

    Raises ValueError for an invalid pattern, which could not match anything.
    """
    negated = line.startswith("!")
    pattern = _without_trailing_blanks(line[1:] if negated else line)
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    if line.startswith("#") or (not pattern and not negated):
        return None
    if not pattern:
        raise ValueError("nothing follows the exclamation mark")
    anchored = "/" in pattern
    try:
        regex = re.compile(_regex(pattern.removeprefix("/"), anchored), re.DOTALL)
    except re.error as error:
        raise ValueError(str(error)) from error
    return _Pattern(regex, folders_only, negated)


def _without_trailing_blanks(pattern: str) -> str:
    pattern = pattern.removesuffix("\r")
    stripped = pattern.rstrip(" ")
    escaped = (len(stripped) - len(stripped.rstrip("\\"))) % 2 == 1
    return stripped + " " if escaped and len(stripped) < len(pattern) else stripped


def _regex(pattern: str, anchored: bool) -> str:
    """The regular expression for a pattern without its leading and trailing slash; it matches a whole relative path."""
    groups: list[list[list[str]]] = [[[]]] if anchored else [[[]], [[]]]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        at_start = position == 0 or pattern[position - 1] == "/"
        part = groups[-1][-1]
        if at_start and anchored and pattern.startswith("**/", position):
            groups.append([[]])
            position += 3
        elif at_start and anchored and pattern[position:] == "**":
            part.append(".+")
            position += 2
        elif character == "*":
            groups[-1].append([])
            position += 1
        elif character == "?":
            part.append("[^/]")
            position += 1
        elif character == "[":
            bracket = _BRACKET.match(pattern, position)
            if bracket is None:
                raise ValueError("a bracket is not closed")
            part.append(_bracket_regex(bracket[0]))
            position = bracket.end()
        elif character == "\\":
            if position + 1 == len(pattern):
                raise ValueError("it ends in a backslash")
            part.append(re.escape(pattern[position + 1]))
            position += 2
        else:
            part.append(re.escape(character))
            position += 1
    return _joined([_with_stars(["".join(part) for part in group]) for group in groups])


def _joined(groups: Sequence[str]) -> str:
    """Join the parts between the ``**/`` of a pattern, allowing any folders before each part but the first.

    Each part matches a fixed number of folders, so its first match is as good as any later one. The groups are
    therefore atomic: without backtracking, the time is linear in the length of the path, not polynomial.
    """
    first, *others = groups
    if not others:
        return first
    inner = "".join(f"(?>(?:.*?/)??{group})" for group in others[:-1])
    return f"{first}{inner}(?:.*/)?{others[-1]}"


def _with_stars(parts: Sequence[str]) -> str:
    """Join the parts between the ``*`` of a pattern, allowing anything but slashes before each part but the first.

    The first match of an inner part leaves the most text to the parts that follow, so the groups are atomic.
    """
    first, *others = parts
    if not others:
        return first
    inner = "".join(f"(?>[^/]*?{part})" for part in others[:-1])
    return f"{first}{inner}[^/]*{others[-1]}"


def _bracket_regex(bracket: str) -> str:
    content = bracket[1:-1]
    negated = content[:1] in {"!", "^"}
    content = content[1:] if negated else content
    content = re.sub(r"\[:(\w+):\]", lambda match: f"\0{match[1]}\0", content)
    content = re.sub(r"\\(.)", r"\1", content).replace("\\", r"\\").replace("]", r"\]").replace("[", r"\[")
    content = content.replace("^", r"\^").replace("&", r"\&").replace("~", r"\~").replace("|", r"\|")
    content = re.sub("\0(\\w+)\0", lambda match: _POSIX_CLASSES.get(match[1], ""), content)
    return f"(?!/)[{'^' if negated else ''}{content}]"
