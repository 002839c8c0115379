"""Ignore patterns against what gitignore(5) says about them."""

import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codeorigin.text.ignore_files import IgnorePatterns, check_pattern


def ignored(pattern: str, path: str) -> bool:
    """Whether ``pattern`` ignores ``path``; a path that ends with a slash is a folder."""
    return IgnorePatterns([pattern]).verdict(path.removesuffix("/"), is_folder=path.endswith("/")) is True


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("a.py", ["a.py", "x/a.py", "x/y/a.py"], ["ba.py", "a.pyc", "a.py/x"]),
        ("/a.py", ["a.py"], ["x/a.py"]),
        ("x/a.py", ["x/a.py"], ["y/x/a.py"]),
        ("build/", ["build/", "x/build/"], ["build"]),
        ("/build/", ["build/"], ["x/build/", "build"]),
        ("*.py", ["a.py", "x/.py"], ["a.pyi"]),
        ("*", ["a", "x/a", "x/"], []),
        ("x/*", ["x/a", "x/b/"], ["x/b/c", "y/a"]),
        ("x/*/z", ["x/y/z"], ["x/z", "x/y/y/z"]),
        ("**/z", ["z", "x/z", "x/y/z"], ["zz"]),
        ("x/**", ["x/a", "x/a/b"], ["x", "y/x/a"]),
        ("x/**/z", ["x/z", "x/y/z", "x/y/y/z"], ["z", "y/x/z"]),
        ("a**b", ["ab", "acb"], ["a/b"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[ab].py", ["a.py", "x/b.py"], ["c.py"]),
        ("[!ab].py", ["c.py"], ["a.py"]),
        ("[^a-c]x", ["dx"], ["bx", "/x"]),
        ("[]x]", ["]", "x"], ["a"]),
        ("[[:digit:]_]", ["7", "_"], ["a", "d"]),
        ("[a\\]]", ["a", "]"], ["\\"]),
        ("\\!a", ["!a"], ["a"]),
        ("\\#a", ["#a"], ["a"]),
        ("\\*", ["*"], ["a"]),
        ("a\\ ", ["a "], ["a"]),
        ("a  ", ["a"], ["a  "]),
        ("a\r", ["a"], ["a\r"]),
        ("a b", ["a b"], ["a"]),
        ("a.b", ["a.b"], ["axb"]),
        ("(a|b)+", ["(a|b)+"], ["a"]),
        ("ü*", ["über"], ["u"]),
        ("#a", [], ["#a", "a"]),
        ("", [], ["", "a"]),
        ("/", [], ["a", "a/"]),
        ("[", [], ["[", "a"]),
        ("a\\", [], ["a", "a\\"]),
        ("[z-a]", [], ["z", "a"]),
    ],
)
def test_pattern_ignores_only_matching_paths(pattern: str, matching: list[str], other: list[str]) -> None:
    assert [path for path in matching if not ignored(pattern, path)] == []
    assert [path for path in other if ignored(pattern, path)] == []


def test_the_last_pattern_that_matches_decides() -> None:
    patterns = IgnorePatterns(["*.py", "!a*", "ab.py", "!"])
    verdicts = {name: patterns.verdict(name, is_folder=False) for name in ("b.py", "a.py", "ab.py", "b.js")}
    assert verdicts == {"b.py": True, "a.py": False, "ab.py": True, "b.js": None}


@pytest.mark.parametrize("line", ["!", "! ", "[", "a[b", "[z-a]", "a\\", "\\"])
def test_pattern_that_can_match_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        check_pattern(line)


@pytest.mark.parametrize("line", ["", "  ", "# note", "a", "!a", "a/", "/", "**"])
def test_lines_valid_in_an_ignore_file_are_accepted(line: str) -> None:
    check_pattern(line)


@pytest.mark.parametrize(
    "lines",
    [["build/", "!build/keep.py"], ["build/*", "!build/keep.py"], ["*", "!*/", "!keep.py"], ["**/x", "!/a/x"],
     ["build", "!build/"], ["a/**", "!a/x/"], ["a/**", "!a/**/", "!keep.py"], ["/*", "!/a"], ["x\\", "a b"],
     ["*.py", "!build/"], ["a/x/keep.py"], ["[a-b]/"], ["[!a]*/"]],
)  # fmt: skip
def test_files_are_ignored_as_by_git(tmp_path: Path, lines: list[str]) -> None:
    paths = [
        "build/keep.py",
        "build/a.py",
        "a/x/keep.py",
        "a/x/b.py",
        "a/keep.py",
        "x/keep.py",
        "keep.py",
        "a b",
    ]
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
    asked = subprocess.run(
        ["git", "-C", tmp_path, "check-ignore", "--no-index", "--stdin"],
        input="\n".join(paths), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.stderr == ""
    patterns = IgnorePatterns(lines)
    assert [path for path in paths if patterns.ignores_file(path)] == asked.stdout.splitlines()


def test_negated_folder_does_not_decide_for_its_files() -> None:
    patterns = IgnorePatterns(["*.py", "/src", "!/src"])
    assert patterns.verdict("src", is_folder=True) is False
    assert patterns.verdict("src/a.py", is_folder=False) is True


@cache
def matches(pattern: str, path: str, at_start: bool = True) -> bool:
    """Match a pattern with a slash in it, one character at a time."""
    if not pattern:
        return not path
    if at_start and pattern == "**":
        return bool(path)
    if at_start and pattern.startswith("**/"):
        rest = [path, *(path[place + 1 :] for place, each in enumerate(path) if each == "/")]
        return any(matches(pattern[3:], each) for each in rest)
    if pattern[0] == "*":
        ends = (path + "/").index("/") + 1
        return any(matches(pattern[1:], path[end:], False) for end in range(ends))
    if not path or (path[0] != pattern[0] and (pattern[0] != "?" or path[0] == "/")):
        return False
    return matches(pattern[1:], path[1:], pattern[0] == "/")


@given(
    st.lists(st.sampled_from(["*", "?", "a", "b", "/", "**/", "ab", "*a"]), max_size=9).map("".join),
    st.lists(st.sampled_from(["a", "b", "ab", "/"]), min_size=1, max_size=9).map("".join),
)
@example("x/**/a*b/**/c", "x/ab/ab/c")
@example("**/*a/*b/**", "a/aa/ab/ab/x")
def test_stars_match_whatever_lets_the_rest_match(pattern: str, path: str) -> None:
    pattern, path = pattern.strip("/"), path.strip("/")
    if pattern and path and "//" not in pattern + path:
        assert ignored(f"/{pattern}", path) == matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "*b", "a" * 250),
        ("x/" + "*a" * 40 + "*b/c", "x/" + "a" * 250 + "/c"),
        ("**/" + "a/**/" * 40 + "b", "a/" * 2_000 + "a"),
        ("**/" + "*a*a*a/**/" * 20 + "b", "aaaaaaaaa/" * 400 + "a"),
        ("*" * 500 + "b", "a" * 250),
    ],
)
def test_hostile_patterns_are_matched_without_backtracking(pattern: str, path: str) -> None:
    """Backtracking to each star for all of the others would take years here."""
    assert not ignored(pattern, path)
    assert ignored(pattern, f"{path[:-1]}b" if not path.endswith("/c") else path.replace("a/c", "b/c"))
