"""The hooks of ``.pre-commit-hooks.yaml`` as they ship: pre-commit clones, installs and runs them, without a network."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

import codeorigin
from support.command import ROOT, TERSE
from support.documents import blocks
from support.hooks import command
from support.repositories import Repository

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


def stage(repository: Repository, environment: dict[str, str], name: str) -> subprocess.CompletedProcess[str]:
    """Commit a new file with git, which runs the hook."""
    repository.write(name, TERSE.read_text())
    repository.git("add", name)
    return command(repository, environment, "git", "commit", "-m", name)


def test_pre_commit_installs_and_runs_the_shipped_hook(
    published: Repository, repository: Repository, offline: dict[str, str], tmp_path: Path
) -> None:
    def use(*arguments: str) -> None:
        hook = {"id": "codeorigin", **({"args": list(arguments)} if arguments else {})}
        config = {"repos": [{"repo": str(published.folder), "rev": "v0.1.0", "hooks": [hook]}]}
        text = yaml.safe_dump(config)
        repository.commit({".pre-commit-config.yaml": text}, date="2020-01-02", message=str(arguments))

    (documented,) = (text for text in blocks("yaml", ROOT / "docs" / "cli.md") if text.startswith("repos:"))
    text = documented.replace("https://github.com/OWNER/codeorigin", str(published.folder))
    repository.commit({".pre-commit-config.yaml": text}, date="2020-01-02")
    installed = command(repository, offline, sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    (program,) = (tmp_path / "home").glob("repo*/py_env-*/bin/codeorigin")
    (package,) = program.parents[1].glob("lib/python*/site-packages/codeorigin")
    assert not package.is_symlink()
    assert (package / "models" / "codeorigin-small" / "manifest.json").is_file()
    version = command(repository, offline, str(program), "--version")
    assert codeorigin.__version__ in version.stdout
    passed = stage(repository, offline, "human.py")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "codeorigin (what is staged)" in passed.stdout + passed.stderr
    command(repository, offline, sys.executable, "-m", "pre_commit", "uninstall")
    use("--threshold", "0")
    command(repository, offline, sys.executable, "-m", "pre_commit", "install")
    stopped = stage(repository, offline, "found.py")
    said = stopped.stdout + stopped.stderr
    assert stopped.returncode == 1, said
    assert "  found.py:" in said
    assert "human.py:" not in said
    # The installed program is the one that judges: without its package there is no verdict.
    shutil.rmtree(package)
    broken = command(repository, offline, "git", "commit", "-m", "broken")
    assert broken.returncode == 1
    assert "No module named 'codeorigin'" in broken.stdout + broken.stderr
