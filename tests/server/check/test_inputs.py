"""Which files a check reads, and what it says about the others."""

import io
import os
import sys
from pathlib import Path

import pytest

from codeorigin.check.inputs import MAX_BYTES, Source, collect, read_stdin
from codeorigin.check.result import FileError
from codeorigin.check.selection import Selection
from codeorigin.cli.language import read_text
from codeorigin.errors import LanguageError, SourceError
from codeorigin.settings.project import Project
from support.repositories import Repository

ANY = Selection(Project())


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.py", "b.ts", "notes.txt", "sub/c.py", "sub/d.go", "build/out.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n")
    Repository.at(tmp_path).git("init", "--quiet")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "docs").mkdir()
    return tmp_path


def gathered(
    *names: str, language: str | None = None, stdin_filename: str | None = None, exclude: tuple[str, ...] = ()
) -> tuple[list[tuple[str, str]], list[FileError]]:
    sources, errors = collect(names, Selection(Project(), language, exclude), stdin_filename=stdin_filename)
    return [(source.path, source.kind.id) for source in sources], errors


@pytest.mark.usefixtures("tree")
class TestCollect:
    def test_folder_gives_its_sources_but_not_ignored_files(self) -> None:
        found, errors = gathered(".")
        assert sorted(found) == [
            ("a.py", "python"),
            ("b.ts", "typescript"),
            ("sub/c.py", "python"),
            ("sub/d.go", "go"),
        ]
        assert errors == []

    def test_named_file_is_checked_even_if_ignored(self) -> None:
        assert gathered("build/out.py") == ([("build/out.py", "python")], [])

    def test_nothing_is_checked_twice(self, tree: Path) -> None:
        found, _ = gathered("a.py", "./a.py", str(tree / "a.py"), ".")
        assert [Path(path).name for path, _ in found].count("a.py") == 1
        assert found[0] == ("a.py", "python")

    @pytest.mark.parametrize("names", [(".", "a.py", "sub"), ("a.py", "sub", "."), ("sub", ".", "./a.py")])
    def test_named_file_takes_precedence_over_the_one_found_in_a_folder(self, names: tuple[str, ...]) -> None:
        sources, _ = collect(names, ANY)
        assert {Path(source.path).name: source.named for source in sources} == {
            "a.py": True, "b.ts": False, "c.py": False, "d.go": False,
        }  # fmt: skip
        sources, _ = collect(names[:2], Selection(Project(), "ruby"))
        assert [source.kind.id for source in sources if Path(source.path).name == "a.py"] == (
            ["ruby"] if "a.py" in names[:2] else []
        )

    def test_excluded_files_are_left_out(self) -> None:
        found, _ = gathered(".", exclude=("sub/", "*.ts"))
        assert found == [("a.py", "python")]

    def test_language_filters_folders_and_overrides_named_files(self) -> None:
        assert gathered("notes.txt", "sub", language="go") == (
            [("notes.txt", "go"), ("sub/d.go", "go")],
            [],
        )

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("gone.py", "no such file or folder"),
            (
                "docs",
                "no source files of a supported language here (ignored and excluded files do not count)",
            ),
            ("notes.txt", "unknown language; set it with --language"),
            ("bad\0name.py", "no such file or folder"),
        ],
    )
    def test_bad_name_is_an_error_and_the_rest_is_checked(self, name: str, message: str) -> None:
        found, errors = gathered(name, "a.py")
        assert found == [("a.py", "python")]
        assert errors == [FileError(name, message)]

    def test_impossible_file_name_is_an_error(self) -> None:
        found, errors = gathered("x" * 5000, "a.py")
        assert found == [("a.py", "python")]
        assert len(errors) == 1

    def test_folder_without_files_of_the_language_is_an_error(self) -> None:
        _, errors = gathered("sub", language="rust")
        assert errors[0].message.startswith("no rust files here")

    def test_unknown_language_stops_everything(self) -> None:
        with pytest.raises(LanguageError, match="klingon"):
            gathered("a.py", language="klingon")

    @pytest.mark.parametrize(
        ("language", "filename", "expected"),
        [
            ("python", None, ("<stdin>", "python")),
            (None, "x/y.rb", ("x/y.rb", "ruby")),
            ("go", "x.txt", ("x.txt", "go")),
        ],
    )
    def test_stdin_takes_its_name_and_language_from_options(
        self, language: str | None, filename: str | None, expected: tuple[str, str]
    ) -> None:
        assert gathered("-", language=language, stdin_filename=filename) == ([expected], [])

    @pytest.mark.parametrize("filename", [None, "notes.txt"])
    def test_stdin_without_a_language_is_an_error(
        self, filename: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", Stdin(b"Nothing but words.\n"))
        found, errors = gathered("-", stdin_filename=filename)
        assert found == []
        assert "set it with --language or --stdin-filename" in errors[0].message

    def test_file_with_a_non_utf8_name_is_read(self, tree: Path) -> None:
        name = os.fsdecode(b"caf\xe9.py")
        (tree / name).write_text("x = 1\n")
        sources, errors = collect([name], ANY)
        assert errors == []
        assert sources[0].path == "caf\\xe9.py"
        assert sources[0].read() == "x = 1\n"


class Stdin:
    """Standard input that holds ``data``."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é🙂\r\n".encode(), "é🙂\r\n"),
        (b"\xef\xbb\xbfx", "x"),
        (b"# coding: latin-1\n'\xe9'", "# coding: latin-1\n'é'"),
    ],
)
def test_stdin_is_decoded_like_files(data: bytes, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data))
    assert read_stdin("python") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x00\x01", "binary"),
        (b"caf\xe9", "not UTF-8"),
        (b"x" * (MAX_BYTES + 1), "larger"),
    ],
)
def test_binary_undecodable_or_large_stdin_is_rejected(
    data: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data))
    with pytest.raises(SourceError, match=message):
        read_stdin("go")


def test_named_files_are_distinguished_from_found_ones(tree: Path) -> None:
    sources, _ = collect(["b.ts", "."], ANY)
    assert {source.path: source.named for source in sources} == {
        "b.ts": True,
        "a.py": False,
        "sub/c.py": False,
        "sub/d.go": False,
    }


def test_sources_are_read_lazily(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    (source,), _ = collect([str(path)], ANY)
    assert isinstance(source, Source)
    path.unlink()
    with pytest.raises(SourceError):
        source.read()


def test_closed_stdin_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert read_stdin("python") == ""
    assert read_text("-") == ""
