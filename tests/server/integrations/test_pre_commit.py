"""The hooks of ``.pre-commit-hooks.yaml``, run by pre-commit in a throwaway repository."""

import itertools
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from identify.identify import ALL_TAGS, tags_from_filename
from pre_commit.clientlib import load_manifest

from codeorigin.languages import LANGUAGES
from support.command import PLAIN, ROOT, TERSE
from support.notebooks import notebook
from support.repositories import Repository, checked_out

HOOKS = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
CODE = TERSE.read_text()
PRE_COMMIT = (sys.executable, "-m", "pre_commit")


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
