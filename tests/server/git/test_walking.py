"""Walking real folders, in repositories and outside of them."""

import os
from pathlib import Path
from typing import Any

import pytest

from codeorigin.git import watch
from codeorigin.git.process import Git
from codeorigin.git.walking import source_files
from codeorigin.text.exclusions import exclusions
from support.repositories import Repository


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def is_source(name: str) -> bool:
    return name == "Rakefile" or name.endswith((".py", ".rs", ".go", ".js"))


def walked(root: Path, folder: str = ".", *exclude: str) -> list[str]:
    files = source_files(root / folder, is_source, exclusions(exclude, root / folder))
    return [file.relative_to(root).as_posix() for file in files]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


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


def test_what_git_ignores_is_left_out(repository: Repository) -> None:
    write(
        repository.folder,
        {
            ".gitignore": "*.js\n/build\nout/\n!keep.js\nlogs/*\n!logs/kept.py\n[\n",
            ".git/info/exclude": "private.py\n",
            "a.js": "",
            "keep.js": "",
            "build/a.py": "",
            "src/build/a.py": "",
            "src/out/.gitignore": "!*\n",
            "src/out/a.py": "",
            "src/.gitignore": "!b.js\n/only_here.py\n",
            "src/a.js": "",
            "src/b.js": "",
            "src/only_here.py": "",
            "src/private.py": "",
            "src/deep/only_here.py": "",
            "src/deep/b.js": "",
            "src/deep/.gitignore": "b.js\n",
            "logs/a.py": "",
            "logs/kept.py": "",
        },
    )
    src = ["src/b.js", "src/build/a.py", "src/deep/only_here.py"]
    assert walked(repository.folder) == ["keep.js", "logs/kept.py", *src]
    assert walked(repository.folder, "src") == src, "the rules above a folder apply in it"


def test_tracked_files_are_not_ignored(repository: Repository) -> None:
    write(repository.folder, {".gitignore": "*.py\n", "a.py": "", "b.py": ""})
    repository.git("add", "--force", "a.py")
    assert walked(repository.folder) == ["a.py"]


def test_each_nested_repository_has_rules_of_its_own(repository: Repository) -> None:
    write(repository.folder, {".gitignore": "/gone.py\nignored/\n", "gone.py": "", "a.py": ""})
    for name in ("nested", "ignored"):
        write(
            Repository(repository.folder / name).folder, {".gitignore": "x.py\n", "x.py": "", "gone.py": ""}
        )
    assert walked(repository.folder) == ["a.py", "nested/gone.py"]


def test_ignored_folder_is_walked_when_named(repository: Repository) -> None:
    write(repository.folder, {".gitignore": "/versions\n", "versions/3/a.py": ""})
    assert walked(repository.folder) == []
    assert walked(repository.folder, "versions/3") == ["versions/3/a.py"]


@pytest.mark.parametrize("what", ["no git", "no repository", "a broken index"])
def test_without_an_answer_of_git_nothing_is_ignored(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    write(repository.folder, {".gitignore": "a.py\n", "a.py": "", "b.py": ""})
    assert walked(repository.folder) == ["b.py"]
    if what == "no git":
        monkeypatch.setenv("PATH", str(repository.folder))
    elif what == "no repository":
        (repository.folder / ".git" / "HEAD").unlink()
    else:
        (repository.folder / ".git" / "index").write_bytes(b"DIRC")
    assert walked(repository.folder, ".", "b.py") == ["a.py"]


def test_variables_that_git_sets_for_hooks_do_not_count(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository.folder, {"src/.gitignore": "a.py\n", "src/a.py": "", "src/b.py": ""})
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert walked(repository.folder, "src") == ["src/b.py"]


def test_excluded_patterns_are_relative_to_the_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "vendor/a.py": "", "src/vendor/a.py": "", "src/a_pb2.py": ""})
    assert walked(tmp_path, ".", "/vendor", "*_pb2.py") == ["a.py", "src/vendor/a.py"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.py": ""})
    (tmp_path / "src" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "src" / "broken.py").symlink_to(tmp_path / "nowhere.py")
    assert walked(tmp_path) == ["src/a.py"]


def test_git_that_stalls_in_one_repository_is_not_asked_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.5)
    asked: list[Path] = []
    start = Git._start

    def noted(self: Git, *rest: Any) -> Any:
        asked.append(self.folder)
        return start(self, *rest)

    monkeypatch.setattr(Git, "_start", noted)
    for name in ("one", "two", "three"):
        made = Repository(tmp_path / name)
        write(made.folder, {"a.py": ""})
        os.mkfifo(made.folder / ".gitignore")
    assert walked(tmp_path) == ["one/a.py", "three/a.py", "two/a.py"]
    assert asked == [tmp_path / "one"]
