"""Reading and walking real files in a temporary folder."""

import tokenize
from pathlib import Path

import pytest

from codeorigin.errors import SourceError
from codeorigin.files.reading import is_generated, is_minified, read_source, walk_sources


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def walked(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    files = walk_sources([root / path for path in paths or (".",)], exclude=exclude)
    return [file.relative_to(root).as_posix() for file in files]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfx = 1\r\n", "x = 1\r\n"),
        ("é\r🎉".encode(), "é\r🎉"),
        (b"x" * 8192 + b"\0", "x" * 8192 + "\0"),
    ],
    ids=["empty", "bom", "line-ends-kept", "late-nul"],
)
def test_source_is_read_unchanged_except_for_a_bom(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert read_source(path) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"abc\0def", "is a binary file"),
        ("x = 1".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"x = '\xe9'", "is not UTF-8 (byte 5); save it as UTF-8"),
        (b"x" * 101, "is larger than 100 bytes"),
    ],
)
def test_unreadable_content_gives_a_clear_one_line_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path, max_bytes=100)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "# -*- coding: latin-1 -*-\nx = 'é'\r\n".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nx = 'é'\r\n",
        ),
        ("#!/bin/python\n# vim: set fileencoding=euc-jp :\nx = '日本'".encode("euc-jp"), None),
        ("# coding: koi8-r\nx = 'код'".encode("koi8-r"), None),
        ("# coding: utf-8-unix\nx = 'é'".encode(), None),
        (b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xa9'", "# coding: latin-1\nx = 'é'"),
        ("x = 1\ny = 2\n# coding: latin-1\nz = 'é'".encode(), None),
        ("name = 'x'  # coding: latin-1\nz = 'é'".encode(), None),
    ],
    ids=["latin-1", "second-line", "koi8", "emacs", "bom-wins", "third-line", "not-a-comment-line"],
)
def test_declared_encoding_is_read_as_python_reads_it(
    tmp_path: Path, data: bytes, expected: str | None
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    if expected is None:
        with tokenize.open(path) as file:
            expected = file.read()
    assert read_source(path) == expected


def test_encoding_declaration_counts_only_in_python(tmp_path: Path) -> None:
    data = "# coding: latin-1\nx = 'é'".encode("latin-1")
    for name in ("a.rb", "a.txt"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match="is not UTF-8"):
            read_source(tmp_path / name)
    assert read_source(tmp_path / "a.txt", language="python").endswith("'é'")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: klingon\n", "declares an unknown encoding: klingon; save it as UTF-8"),
        (b"# coding: rot13\n", "declares rot13, which source code cannot have; save it as UTF-8"),
        (b"# coding: utf-16\n", "declares utf-16, which source code cannot have; save it as UTF-8"),
        (
            b"# coding: punycode\n-" + b"a" * 9000,
            "declares punycode, which source code cannot have; save it as UTF-8",
        ),
        (b"# coding: ascii\n\xe9", "is not ascii, which it declares (byte 16); save it as UTF-8"),
        (b"# coding: utf-8\n\xe9", "is not UTF-8 (byte 16); save it as UTF-8"),
    ],
    ids=["unknown", "no-text-encoding", "no-superset-of-ascii", "slow", "wrong", "wrong-utf-8"],
)
def test_unusable_declaration_gives_a_clear_one_line_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert str(caught.value) == f"{path}: {message}"


def test_missing_files_and_folders_give_a_clear_error(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "missing.py", "no such file"),
        (tmp_path, "is a folder"),
        (Path("a\0b.py"), r"(cannot be read|no such file)"),
        (tmp_path / ("x" * 5000), "cannot be read"),
    ):
        with pytest.raises(SourceError, match=rf"\A[^\n]*{message}[^\n]*\Z"):
            read_source(path)


def test_walk_yields_known_languages_in_order_without_skipped_folders(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "b.py": "",
            "a.rs": "",
            "readme.md": "",
            "Rakefile": "",
            "z/deep/c.go": "",
            "node_modules/x.js": "",
            ".git/hook.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/x.py": "",
            "venv/__init__.py": "",
            ".config/tool.py": "",
        },
    )
    assert walked(tmp_path) == [
        "Rakefile",
        "a.rs",
        "b.py",
        ".config/tool.py",
        "venv/__init__.py",
        "z/deep/c.go",
    ]


def test_nested_ignore_files_and_negations_are_followed(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "*.js\n/build\nout/\n# comment\n\n!keep.js\nlogs/*\n!logs/kept.py\n",
            "a.js": "",
            "keep.js": "",
            "build/a.py": "",
            "src/build/a.py": "",
            "src/out/a.py": "",
            "src/.gitignore": "!b.js\n/only_here.py\n",
            "src/a.js": "",
            "src/b.js": "",
            "src/only_here.py": "",
            "src/deep/only_here.py": "",
            "src/deep/b.js": "",
            "src/deep/.gitignore": "b.js\n",
            "logs/a.py": "",
            "logs/kept.py": "",
        },
    )
    expected = ["keep.js", "logs/kept.py", "src/b.js", "src/build/a.py", "src/deep/only_here.py"]
    assert walked(tmp_path) == expected


def test_an_ignored_folder_cannot_be_reopened_from_inside(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "gen/\n", "gen/.gitignore": "!*\n", "gen/a.py": "", "a.py": ""})
    assert walked(tmp_path) == ["a.py"]


def test_ignore_files_above_the_folder_apply_up_to_the_repository(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "kept.py\n",
            "repo/.git/info/exclude": "private.py\n",
            "repo/.gitignore": "/src/gone.py\n",
            "repo/src/gone.py": "",
            "repo/src/private.py": "",
            "repo/src/kept.py": "",
        },
    )
    assert walked(tmp_path, "repo/src") == ["repo/src/kept.py"]


def test_ignored_folder_is_walked_when_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            ".gitignore": "/versions\n*.js\n",
            "versions/3/.gitignore": "b.py\n",
            "versions/3/a.py": "",
            "versions/3/b.py": "",
        },
    )
    assert walked(tmp_path) == []
    assert walked(tmp_path, "versions/3") == ["versions/3/a.py"]


def test_excluded_patterns_are_relative_to_the_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "vendor/a.py": "", "src/vendor/a.py": "", "src/a_pb2.py": ""})
    assert walked(tmp_path, exclude=("/vendor", "*_pb2.py")) == ["a.py", "src/vendor/a.py"]


def test_named_files_are_always_yielded_and_nothing_twice(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "a.py\n", "a.py": "", "b.py": "", "notes.txt": ""})
    paths = ("a.py", "notes.txt", "missing.py", ".", "b.py")
    assert walked(tmp_path, *paths, exclude=("*.py",)) == ["a.py", "notes.txt", "missing.py", "b.py"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.py": ""})
    (tmp_path / "src" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "src" / "broken.py").symlink_to(tmp_path / "nowhere.py")
    assert walked(tmp_path) == ["src/a.py"]


def test_a_broken_pattern_leaves_the_others_valid(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "!\n/\n[\nb.py\n", "a.py": "", "b.py": ""})
    assert walked(tmp_path) == ["a.py"]


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.",
        "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!",
        "/*\n * @generated SignedSource<<abc>>\n */",
        "//------\n// <auto-generated>\n//     This code was made by a tool.",
        "# This file is autogenerated by pip-compile",
        "/* automatically generated by rust-bindgen 0.69.1 */",
        "# Generated by Django 4.2 on 2023-01-01 00:00",
    ],
)
def test_generated_files_are_recognized_by_their_header(head: str) -> None:
    assert is_generated(f"{head}\nint x;\n")
    assert is_generated(f"\ufeff{head}\r\nint x;\r\n")
    assert not is_generated("int x;\n" * 30 + head)


@pytest.mark.parametrize(
    "head",
    [
        "",
        'generated = "Code generated by x. DO NOT EDIT."',
        '"""Finds files that are auto-generated."""',
        "# Checks the links of auto-generated pages.",
        "# Reports the ids that were generated by the server.",
        "# Generated by an assistant and edited since.",
    ],
)
def test_other_files_are_not_taken_for_generated(head: str) -> None:
    assert not is_generated(f"{head}\nx = 1\n")


def test_minified_text_has_few_long_lines() -> None:
    packed = "function f(a,b){return a+b}" * 60
    assert is_minified(f"/*! licence */\n{packed}\n")
    assert not is_minified(packed[:500])
    assert not is_minified("function f(a, b) {\n  return a + b;\n}\n" * 200)
    assert not is_minified("x = 1  # a line of code of usual length\n" * 50 + f"data = '{packed}'\n")
