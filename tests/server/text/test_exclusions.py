"""Patterns exclude what the library pathspec says, and no pattern takes it long."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from codeorigin.text.exclusions import exclusions, read_pattern


def excluded(pattern: str, path: str) -> bool:
    return exclusions((pattern,), Path("/w")).file(Path("/w", path))


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("a.py", ["a.py", "x/y/a.py", "a.py/x"], ["ba.py", "a.pyc"]),
        ("/a.py", ["a.py"], ["x/a.py"]),
        ("build/", ["build/a", "x/build/a"], ["build"]),
        ("x/*", ["x/a", "x/b/c"], ["y/a", "x"]),
        ("x/**/z", ["x/z", "x/y/y/z"], ["z", "y/x/z"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[!a-c]x", ["dx"], ["bx"]),
        ("\\!a", ["!a"], ["a"]),
        ("a\\ ", ["a "], ["a"]),
        ("ü*", ["über"], ["u"]),
        ("#a", [], ["#a", "a"]),
        ("", [], ["a"]),
        ("/", [], ["a"]),
    ],
)
def test_pattern_excludes_only_matching_paths(pattern: str, matching: list[str], other: list[str]) -> None:
    assert [path for path in matching if not excluded(pattern, path)] == []
    assert [path for path in other if excluded(pattern, path)] == []


def test_the_last_pattern_that_matches_decides_and_folders_with_it() -> None:
    found = exclusions(("*.py", "gen/", "!a*", "ab.py"), Path("/w"))
    names = ("b.py", "a.py", "ab.py", "b.js", "gen/b.js", "gen/a.js")
    assert [name for name in names if found.file(Path("/w", name))] == ["b.py", "ab.py", "gen/b.js"]
    assert not found.folder(Path("/w/gen")), "something in it may be taken back"
    assert exclusions(("gen/",), Path("/w")).folder(Path("/w/gen"))


def test_named_folder_is_only_searched_by_patterns_for_what_is_in_it() -> None:
    inside = exclusions(("/gen/", "**/b.py"), Path("/w")).inside(Path("/w/gen"))
    assert not inside.file(Path("/w/gen/a.py"))
    assert inside.file(Path("/w/gen/b.py"))


@pytest.mark.parametrize("line", ["!", "! ", "[", "a[b", "[z-a]", "a\\", "\\"])
def test_pattern_that_can_match_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_pattern(line)


@pytest.mark.parametrize("line", ["", "  ", "# note", "a", "!a", "a/", "/", "**", "[[]"])
def test_lines_valid_in_an_ignore_file_are_accepted(line: str) -> None:
    read_pattern(line)


@given(
    st.lists(st.sampled_from(["*", "?", "a", "b", "/", "**/", "ab", "*a", "[!b]"]), max_size=9).map("".join),
    st.lists(st.sampled_from(["a", "b", "ab", "/"]), min_size=1, max_size=9).map("".join),
)
@example("x/**/a*b/**/c", "x/ab/ab/c")
@example("**/*a/*b/**", "a/aa/ab/ab/x")
@example("*a*/**/b", "aa/x/b")
def test_patterns_match_what_pathspec_matches(pattern: str, path: str) -> None:
    path = "/".join(part for part in path.split("/") if part)
    if path:
        assert excluded(pattern, path) == GitIgnoreSpec.from_lines([pattern]).match_file(path)


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
    assert not excluded(pattern, path)
    assert excluded(pattern, f"{path[:-1]}b" if not path.endswith("/c") else path.replace("a/c", "b/c"))
