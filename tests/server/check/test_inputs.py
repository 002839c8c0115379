"""Which files a check reads, and what it says about the others."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from codeorigin.check.inputs import collect, read_stdin
from codeorigin.check.result import FileError
from codeorigin.check.selection import Selection
from codeorigin.cli.language import read_text
from codeorigin.core.errors import LanguageError
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
    return tmp_path


def gathered(
    *names: str, language: str | None = None, stdin_filename: str | None = None, exclude: tuple[str, ...] = ()
) -> tuple[dict[str, str], list[FileError]]:
    """The kinds of the sources by their path, and the errors."""
    sources, errors = collect(names, Selection(Project(), language, exclude), stdin_filename=stdin_filename)
    kinds = {source.path: source.language for source in sources}
    assert len(kinds) == len(sources), "nothing is checked twice"
    return kinds, errors


@pytest.mark.usefixtures("tree")
def test_folder_gives_its_sources_but_not_ignored_or_excluded_files() -> None:
    found = {"a.py": "python", "b.ts": "typescript", "sub/c.py": "python", "sub/d.go": "go"}
    assert gathered(".") == (found, [])
    assert gathered("build/out.py") == ({"build/out.py": "python"}, []), "named, so checked even if ignored"
    assert gathered(".", exclude=("sub/", "*.ts")) == ({"a.py": "python"}, [])


@pytest.mark.parametrize("names", [(".", "a.py", "sub"), ("a.py", "sub", "."), ("sub", ".", "./a.py")])
def test_named_file_takes_precedence_over_the_one_found_in_a_folder(
    tree: Path, names: tuple[str, ...]
) -> None:
    sources, _ = collect((*names, str(tree / "a.py")), ANY)
    assert {Path(source.path).name: source.named for source in sources} == {
        "a.py": True, "b.ts": False, "c.py": False, "d.go": False,
    }  # fmt: skip
    sources, _ = collect(names[:2], Selection(Project(), "ruby"))
    assert [source.language for source in sources if Path(source.path).name == "a.py"] == (
        ["ruby"] if "a.py" in names[:2] else []
    )


@pytest.mark.usefixtures("tree")
def test_language_filters_folders_and_overrides_named_files() -> None:
    assert gathered("notes.txt", "sub", language="go") == ({"notes.txt": "go", "sub/d.go": "go"}, [])
    _, errors = gathered("sub", language="rust")
    assert errors[0].message.startswith("no rust files here")
    with pytest.raises(LanguageError, match="klingon"):
        gathered("a.py", language="klingon")


@pytest.mark.parametrize(
    ("language", "filename", "path", "kind"),
    [
        ("python", None, "<stdin>", "python"),
        (None, "x/y.rb", "x/y.rb", "ruby"),
        ("go", "x.txt", "x.txt", "go"),
    ],
)
def test_stdin_takes_its_name_and_language_from_options(
    language: str | None, filename: str | None, path: str, kind: str
) -> None:
    assert gathered("-", language=language, stdin_filename=filename) == ({path: kind}, [])


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Let standard input hold ``data``."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


@pytest.mark.parametrize("filename", [None, "notes.txt"])
def test_stdin_without_a_language_is_an_error(filename: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, b"Nothing but words.\n")
    found, errors = gathered("-", stdin_filename=filename)
    assert found == {}
    assert "set it with --language or --stdin-filename" in errors[0].message


def test_closed_stdin_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert read_stdin("python", 100) == ""
    assert read_text("-") == ""
