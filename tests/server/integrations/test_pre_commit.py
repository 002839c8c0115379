"""The hooks of ``.pre-commit-hooks.yaml``, run by pre-commit in a throwaway repository, and installed by it."""

import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml
from identify.identify import ALL_TAGS, tags_from_filename
from pre_commit.clientlib import load_manifest

import codeorigin
from codeorigin.languages import LANGUAGES
from support.command import PLAIN, ROOT, TERSE
from support.documents import blocks
from support.notebooks import notebook
from support.repositories import Repository, checked_out

HOOKS = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
CODE = TERSE.read_text()
PRE_COMMIT = (sys.executable, "-m", "pre_commit")
_SOURCES = (
    "pyproject.toml",
    ".pre-commit-hooks.yaml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "server",
    "models",
)
_NOT_LENT = ("codeorigin", "pip", "setuptools")
"""What the hook's environment must have itself: the program, and the tools that virtualenv installs."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """For pre-commit and git, with nothing from the machine's user."""
    kept = {name: value for name, value in PLAIN.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return kept | {
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
    }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": CODE}, date="2020-01-01")
    return made


def run(repository: Repository, environment: dict[str, str], *words: str) -> tuple[int, str]:
    """Run a program in the working tree: its exit code and what it printed."""
    done = subprocess.run(
        words,
        cwd=repository.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def configure(repository: Repository, hook: str, *arguments: str) -> None:
    """Use a hook of the manifest, run by this interpreter."""
    (found,) = [each for each in HOOKS if each["id"] == hook]
    program, isolated, *rest = shlex.split(found["entry"])
    assert (program, isolated) == ("python", "-I")
    entry = shlex.join([sys.executable, isolated, *rest])
    local = found | {"language": "system", "entry": entry, "args": list(arguments)}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    repository.commit({".pre-commit-config.yaml": yaml.safe_dump(config)}, date="2020-01-02")


def test_hooks_name_every_source_type_that_pre_commit_knows() -> None:
    known = {
        extension: tags_from_filename(f"a{extension}") - {"text", "json"}
        for extension in {*itertools.chain(*(each.extensions for each in LANGUAGES.values())), ".ipynb"}
    }
    for hook in HOOKS:
        named = set(hook["types_or"])
        assert {extension for extension, tags in known.items() if tags and tags.isdisjoint(named)} == set()
        assert named <= set(ALL_TAGS)


def test_commit_is_stopped_only_by_what_it_stages(
    repository: Repository, environment: dict[str, str]
) -> None:
    configure(repository, "codeorigin", "--threshold", "0")
    assert run(repository, environment, *PRE_COMMIT, "install")[0] == 0
    repository.write("b.py", CODE)
    repository.write("a.py", CODE + "\n# a comment behind all functions\n")
    repository.git("add", "a.py")
    code, said = run(repository, environment, "git", "commit", "-m", "a comment")
    assert code == 0, said
    repository.git("add", "b.py")
    code, said = run(repository, environment, "git", "commit", "-m", "functions")
    assert code == 1
    assert "b.py:" in said
    repository.git("reset", "-q")
    # Here, git gives the hook a separate index.
    code, said = run(repository, environment, "git", "commit", "-m", "one", "--allow-empty", "--", "a.py")
    assert code == 0, said


def test_hook_works_on_the_detached_merge_commit_of_a_shallow_clone(
    repository: Repository, environment: dict[str, str], tmp_path: Path
) -> None:
    configure(repository, "codeorigin", "--threshold", "0")
    repository.git("branch", "work")
    repository.commit({"main.py": CODE}, date="2020-01-03")
    repository.git("checkout", "-q", "work")
    repository.commit({"work.py": CODE}, date="2020-01-04")
    clone = checked_out(repository, tmp_path / "clone", depth=1)
    clone.write("work.py", f"{CODE}\n# a comment behind all functions\n")
    clone.git("add", "work.py")
    code, said = run(clone, environment, *PRE_COMMIT, "run", "codeorigin")
    assert code == 0, said
    clone.write("new.py", CODE)
    clone.git("add", "new.py")
    code, said = run(clone, environment, *PRE_COMMIT, "run", "codeorigin")
    assert code == 1
    assert "  new.py:" in said
    assert "main.py:" not in said


def test_files_hook_checks_whole_files_in_any_run_stubs_and_notebooks_too(
    repository: Repository, environment: dict[str, str]
) -> None:
    configure(repository, "codeorigin-files", "--threshold", "0")
    files = {"b.ipynb": notebook(CODE), "c.pyi": CODE}
    for name, text in files.items():
        repository.write(name, text)
        repository.git("add", name)
    code, said = run(repository, environment, *PRE_COMMIT, "run", "--all-files")
    assert code == 1
    assert all(f"  {name}:" in said for name in ("a.py", *files)), said


@pytest.fixture
def offline(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment in which pip uses no index and finds this program's dependencies already installed.

    They are those of the test environment, provided by links on PYTHONPATH; CodeOrigin itself is not among them.
    """
    lent = tmp_path / "lent"
    lent.mkdir()
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(folder).iterdir():
            name = entry.name.lower().lstrip("_").split("-")[0]
            if name not in _NOT_LENT and entry.suffix != ".pth" and "codeorigin" not in entry.name:
                (lent / entry.name).symlink_to(entry)
    programs = Path(sys.executable).parent
    return environment | {
        "PATH": f"{programs}:{environment['PATH']}",
        "PYTHONPATH": str(lent),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_CONFIG_FILE": "/dev/null",
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


@pytest.fixture
def published(tmp_path: Path) -> Repository:
    """A repository with the parts of a release of this project that the hooks need."""
    made = Repository(tmp_path / "codeorigin")
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, made.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, made.folder / name)
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "Release")
    made.git("tag", "v0.1.0")
    return made


def test_pre_commit_installs_and_runs_the_shipped_hook(
    published: Repository, repository: Repository, offline: dict[str, str], tmp_path: Path
) -> None:
    def stage(name: str) -> tuple[int, str]:
        """Commit a new file with git, which runs the hook."""
        repository.write(name, CODE)
        repository.git("add", name)
        return run(repository, offline, "git", "commit", "-m", name)

    config = ".pre-commit-config.yaml"
    (documented,) = (text for text in blocks("yaml", ROOT / "docs" / "team.md") if text.startswith("# .pre"))
    text = documented.replace("https://github.com/OWNER/codeorigin", str(published.folder))
    repository.commit({config: text}, date="2020-01-02")
    code, said = run(repository, offline, *PRE_COMMIT, "install", "--install-hooks")
    assert code == 0, said
    (program,) = (tmp_path / "home").glob("repo*/py_env-*/bin/codeorigin")
    (package,) = program.parents[1].glob("lib/python*/site-packages/codeorigin")
    assert not package.is_symlink()
    assert (package / "models" / "codeorigin-small" / "manifest.json").is_file()
    assert codeorigin.__version__ in run(repository, offline, str(program), "--version")[1]
    # The hook is isolated, so that it does not read PYTHONPATH.
    (package.parent / "lent.pth").write_text(offline["PYTHONPATH"])
    code, said = stage("human.py")
    assert code == 0, said
    assert "codeorigin (what is staged)" in said
    strict = yaml.safe_load(text)
    strict["repos"][0]["hooks"][0]["args"] = ["--threshold", "0"]
    repository.write(config, json.dumps(strict))
    repository.git("add", config)
    code, said = stage("found.py")
    assert code == 1, said
    assert "  found.py:" in said
    assert "human.py:" not in said
    # The installed program is the one that judges: without its package there is no verdict.
    shutil.rmtree(package)
    code, said = run(repository, offline, "git", "commit", "-m", "broken")
    assert code == 1
    assert "No module named codeorigin" in said
