"""Reading real files in a temporary folder."""

import tokenize
from pathlib import Path

import pytest

from codeorigin.core.errors import SourceError
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import is_minified, read_source
from support.samples import samples


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
    assert read_source(path, 1_000_000) == expected


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
    assert read_source(path, 1_000_000, language="python") == expected


def test_encoding_declaration_counts_only_in_python(tmp_path: Path) -> None:
    data = "# coding: latin-1\nx = 'é'".encode("latin-1")
    for name in ("a.rb", "a.txt"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match="is not UTF-8"):
            read_source(tmp_path / name, 1_000_000)
    assert read_source(tmp_path / "a.txt", 1_000_000, language="python").endswith("'é'")


CANNOT = "declares {}, which source code cannot have; save it as UTF-8"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"abc\0def", "is a binary file"),
        ("x = 1".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"x = '\xe9'", "is not UTF-8 (byte 5); save it as UTF-8"),
        (b"x" * 1_000_001, "is larger than 1,000,000 bytes"),
        (b"# coding: klingon\n", "declares an unknown encoding: klingon; save it as UTF-8"),
        (b"# coding: rot13\n", CANNOT.format("rot13")),
        (b"# coding: utf-16\n", CANNOT.format("utf-16")),
        (b"# coding: punycode\n-" + b"a" * 9000, CANNOT.format("punycode")),
        (b"# coding: idna\n.xn--" + b"b9k" * 200_000, CANNOT.format("idna")),
        (b"# coding: unicode_escape\n", CANNOT.format("unicode_escape")),
        (b"# coding: ascii\n\xe9", "is not ascii, which it declares (byte 16); save it as UTF-8"),
        (b"# coding: utf-8\n\xe9", "is not UTF-8 (byte 16); save it as UTF-8"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_unreadable_content_gives_a_clear_one_line_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path, 1_000_000, language="python")
    assert str(caught.value) == f"{path}: {message}"


def test_missing_files_and_folders_give_a_clear_error(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "missing.py", "no such file"),
        (tmp_path, "is a folder"),
        (Path("a\0b.py"), r"(cannot be read|no such file)"),
        (tmp_path / ("x" * 5000), "cannot be read"),
    ):
        with pytest.raises(SourceError, match=rf"\A[^\n]*{message}[^\n]*\Z"):
            read_source(path, 1_000_000)


def test_minified_text_has_few_long_lines() -> None:
    packed = "function f(a,b){return a+b}" * 60
    assert is_minified(f"/*! licence */\n{packed}\n")
    assert not is_minified(packed[:500])
    assert not is_minified("function f(a, b) {\n  return a + b;\n}\n" * 200)
    assert not is_minified("x = 1  # a line of code of usual length\n" * 50 + f"data = '{packed}'\n")


@pytest.mark.parametrize("head", dict(samples("generated.txt")).values())
def test_head_of_a_generator_is_recognized(head: str) -> None:
    assert is_generated(f"{head}\nint x;\n")
    assert is_generated(f"\ufeff{head}\r\nint x;\r\n".replace("\n", "\r\n").replace("\r\r", "\r"))
    assert is_generated(f"# A licence,\n# on two lines.\n\n{head}\nint x;\n")
    assert not is_generated(f"int x;\n{head}\n")


@pytest.mark.parametrize("head", ["", *dict(samples("not_generated.txt")).values()])
def test_prose_about_something_generated_is_not(head: str) -> None:
    assert not is_generated(f"{head}\nx = 1\n")
