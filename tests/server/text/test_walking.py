"""Walking real folders."""

from pathlib import Path

from codeorigin.text.walking import walk_sources


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def is_source(name: str) -> bool:
    return name == "Rakefile" or name.endswith((".py", ".rs", ".go", ".js"))


def walked(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    files = walk_sources([root / path for path in paths or (".",)], is_source, exclude=exclude)
    return [file.relative_to(root).as_posix() for file in files]


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
