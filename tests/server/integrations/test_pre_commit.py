"""The hooks of ``.pre-commit-hooks.yaml``, run by pre-commit in a throwaway repository with this interpreter.

Their installation by pre-commit is tested in ``test_pre_commit_install.py``.
"""

import itertools
import json
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from identify.identify import ALL_TAGS, tags_from_filename

from codeorigin.languages import LANGUAGES
from support.command import ROOT, TERSE
from support.hooks import command
from support.repositories import Repository, checked_out

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
CODE = TERSE.read_text()


def configure(repository: Repository, hook: str, *arguments: str) -> None:
    """Use a hook of the manifest, run by this interpreter."""
    (found,) = [each for each in yaml.safe_load(MANIFEST.read_text()) if each["id"] == hook]
    program, *rest = shlex.split(found["entry"])
    assert program == "codeorigin"
    entry = shlex.join([sys.executable, "-m", "codeorigin", *rest])
    local = found | {"language": "system", "entry": entry, "args": list(arguments)}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    repository.commit({".pre-commit-config.yaml": yaml.safe_dump(config)}, date="2020-01-02")


def test_manifest_is_valid(environment: dict[str, str], repository: Repository) -> None:
    done = command(
        repository, environment, sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_hooks_name_every_source_type_that_pre_commit_knows() -> None:
    known = {
        extension: tags_from_filename(f"a{extension}") - {"text", "json"}
        for extension in {*itertools.chain(*(each.extensions for each in LANGUAGES.values())), ".ipynb"}
    }
    for hook in yaml.safe_load(MANIFEST.read_text()):
        named = set(hook["types_or"])
        assert {extension for extension, tags in known.items() if tags and tags.isdisjoint(named)} == set()
        assert named <= set(ALL_TAGS)


def test_commit_is_stopped_only_by_what_it_stages(
    repository: Repository, environment: dict[str, str]
) -> None:
    configure(repository, "codeorigin", "--threshold", "0")
    installed = command(repository, environment, sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, installed.stderr
    repository.write("b.py", CODE)
    repository.write("a.py", CODE + "\n# a comment behind all functions\n")
    repository.git("add", "a.py")
    passed = command(repository, environment, "git", "commit", "-m", "a comment")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    repository.git("add", "b.py")
    stopped = command(repository, environment, "git", "commit", "-m", "functions")
    assert stopped.returncode == 1
    assert "b.py:" in stopped.stdout + stopped.stderr
    repository.git("reset", "-q")
    # Here, git gives the hook a separate index.
    partial = command(
        repository, environment, "git", "commit", "-m", "only a.py", "--allow-empty", "--", "a.py"
    )
    assert partial.returncode == 0, partial.stdout + partial.stderr


@pytest.mark.parametrize("depth", [0, 1])
def test_hook_works_on_the_detached_merge_commit_of_a_clone(
    repository: Repository, environment: dict[str, str], tmp_path: Path, depth: int
) -> None:
    configure(repository, "codeorigin", "--threshold", "0")
    repository.git("branch", "work")
    repository.commit({"main.py": CODE}, date="2020-01-03")
    repository.git("checkout", "-q", "work")
    repository.commit({"work.py": CODE}, date="2020-01-04")
    clone = checked_out(repository, tmp_path / "clone", depth=depth)
    run = (sys.executable, "-m", "pre_commit", "run", "codeorigin")
    clone.write("work.py", f"{CODE}\n# a comment behind all functions\n")
    clone.git("add", "work.py")
    passed = command(clone, environment, *run)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    clone.write("new.py", CODE)
    clone.git("add", "new.py")
    stopped = command(clone, environment, *run)
    assert stopped.returncode == 1
    assert "  new.py:" in stopped.stdout
    assert "main.py:" not in stopped.stdout


def test_files_hook_checks_whole_files_in_any_run(
    repository: Repository, environment: dict[str, str]
) -> None:
    configure(repository, "codeorigin-files", "--threshold", "0")
    done = command(repository, environment, sys.executable, "-m", "pre_commit", "run", "--all-files")
    assert done.returncode == 1
    assert "  a.py:" in done.stdout


@pytest.mark.parametrize("hook", ["codeorigin", "codeorigin-files"])
def test_stubs_or_notebooks_alone_trigger_the_hooks(
    repository: Repository, environment: dict[str, str], hook: str
) -> None:
    configure(repository, hook, "--threshold", "0")
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": CODE}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for name, text in {"b.ipynb": json.dumps(notebook), "c.pyi": CODE}.items():
        repository.write(name, text)
        repository.git("add", name)
        done = command(repository, environment, sys.executable, "-m", "pre_commit", "run", hook)
        assert done.returncode == 1, done.stdout + done.stderr
        assert f"  {name}:" in done.stdout
        repository.git("rm", "-q", "--cached", name)
