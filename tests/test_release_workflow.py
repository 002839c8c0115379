"""The release workflow: what it may do, what it runs that is not ours, and its steps executed by bash."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import codeorigin
from support.command import PLAIN, ROOT
from support.documents import DOCUMENTS
from support.repositories import Repository

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RELEASE: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
JOBS: dict[str, Any] = RELEASE["jobs"]
USES = re.compile(r"^\s*(?:- )?uses: (\S+?)@(.+)$", re.MULTILINE)
TAG = f"v{codeorigin.__version__}"


def test_what_is_not_ours_is_pinned_by_commit_with_its_version() -> None:
    found = [
        each for path in [*WORKFLOWS, ROOT / "action.yml"] for each in USES.findall(path.read_text("utf-8"))
    ]
    assert found
    assert [each for each in found if not re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", each[1])] == []
    assert len(set(found)) == len({name for name, _ in found}), "one version of each"


def test_documents_name_major_versions() -> None:
    """They are read long after they were written: a commit in them would be an old one."""
    found = [each for path in DOCUMENTS for each in USES.findall(path.read_text("utf-8"))]
    assert ("OWNER/codeorigin", f"v{codeorigin.__version__.partition('.')[0]}") in found
    assert [each for each in found if not re.fullmatch(r"v\d+", each[1])] == []


def test_only_these_jobs_may_write_and_only_this() -> None:
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "build": {"contents": "read"},
        "attest": {"attestations": "write", "id-token": "write"},
        "pypi": {"id-token": "write"},
        "extension": {},
        "published": {},
        "major-tag": {"contents": "write"},
    }


def test_nothing_is_published_before_it_is_tested_and_attested() -> None:
    commands = [step["run"] for step in JOBS["build"]["steps"] if "run" in step]
    assert commands[1:5] == ["make lint", "make test", "make release", "make vsix"]
    assert JOBS["attest"]["needs"] == "build"
    assert JOBS["pypi"]["needs"] == JOBS["extension"]["needs"] == "attest"
    assert JOBS["published"]["needs"] == ["build", "pypi", "extension"]
    assert JOBS["major-tag"]["needs"] == ["build", "published"]
    assert RELEASE["env"]["PUBLISH"] == "${{ github.ref_type == 'tag' && !inputs.dry-run }}"
    (attest,) = (step for step in JOBS["attest"]["steps"] if step.get("name") == "Build provenance")
    assert attest["if"] == "env.PUBLISH == 'true'"


def test_versions_agree() -> None:
    extension = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
    assert extension["version"] == codeorigin.__version__
    (publish,) = (step["run"] for step in JOBS["extension"]["steps"] if "VSCE_PAT" in step.get("env", {}))
    assert f"@vscode/vsce@{extension['devDependencies']['@vscode/vsce']} publish" in publish


def step(job: str, name: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a step as GitHub's runner does; ``uv`` and ``npx`` only print how they were called."""
    (script,) = (each["run"] for each in JOBS[job]["steps"] if each.get("name") == name)
    assert "${{" not in script, "values reach the shell as variables"
    programs = folder / ".programs"
    programs.mkdir(exist_ok=True)
    for program in ("uv", "npx"):
        (programs / program).write_text(f'#!/bin/sh\necho {program} "$@"\n')
        (programs / program).chmod(0o755)
    path = f"{programs}{os.pathsep}{PLAIN['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env=PLAIN | {"PATH": path} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("publish", "ref", "code"),
    [("true", TAG, 0), ("true", "v0", 1), ("true", "v9.9.9", 1), ("false", "main", 0)],
)
def test_only_the_tag_of_the_version_is_published(publish: str, ref: str, code: int, tmp_path: Path) -> None:
    version = tmp_path / "server" / "codeorigin" / "__init__.py"
    version.parent.mkdir(parents=True)
    version.write_bytes((ROOT / "server" / "codeorigin" / "__init__.py").read_bytes())
    output = tmp_path / "output"
    done = step("build", "Version", tmp_path, PUBLISH=publish, GITHUB_REF_NAME=ref, GITHUB_OUTPUT=str(output))
    assert done.returncode == code
    if code:
        assert done.stdout.startswith(f"::error::The tag is {ref}, ")
    else:
        assert output.read_text() == f"version={codeorigin.__version__}\n"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "dist").mkdir()
    for name in ("a.whl", "a.tar.gz", "codeorigin.vsix"):
        (tmp_path / "dist" / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("publish", "options"),
    [("true", "--trusted-publishing always"), ("false", "--trusted-publishing never --dry-run")],
)
def test_package_is_published_without_a_token(publish: str, options: str, built: Path) -> None:
    done = step("pypi", "Publish the Python package", built, PUBLISH=publish)
    assert (done.returncode, done.stdout) == (0, f"uv publish {options} dist/a.whl dist/a.tar.gz\n")


@pytest.mark.parametrize(
    ("name", "secret"), [("Publish to the Marketplace", "VSCE_PAT"), ("Publish to Open VSX", "OVSX_PAT")]
)
def test_extension_is_published_where_there_is_a_token(name: str, secret: str, built: Path) -> None:
    for publish, token in [("false", "x"), ("false", ""), ("true", "")]:
        done = step("extension", name, built, PUBLISH=publish, **{secret: token})
        assert done.returncode == 0
        assert done.stdout.startswith("::notice::Not published to ")
    done = step("extension", name, built, PUBLISH="true", **{secret: "x"})
    assert done.stdout.startswith("npx --yes ")
    assert done.stdout.endswith("dist/codeorigin.vsix\n")


@pytest.mark.parametrize("publish", ["true", "false"])
def test_what_was_published_is_tried(publish: str, built: Path) -> None:
    """``python`` makes environments whose programs only print how they were called."""
    programs = built / ".programs"
    programs.mkdir()
    fake = programs / "python"
    fake.write_text(
        """#!/bin/sh
echo python "$@"
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
for name in python codeorigin; do
  printf '#!/bin/sh\\necho %s "$@"\\n' $name > "$3/bin/$name"
  chmod +x "$3/bin/$name"
done
"""
    )
    fake.chmod(0o755)
    package = step("published", "Try the Python package", built, PUBLISH=publish, VERSION="0.2.0")
    extension = step(
        "published", "Try the extension", built, PUBLISH=publish, IS_PUBLISHED="true", VERSION="0.2.0"
    )
    assert (package.returncode, extension.returncode) == (0, 0), package.stderr + extension.stderr
    index, vsix = (
        ("codeorigin==0.2.0", "published.vsix")
        if publish == "true"
        else ("dist/a.whl", "dist/codeorigin.vsix")
    )
    assert package.stdout.splitlines()[1:] == [
        f"python -m pip install --quiet --disable-pip-version-check {index}",
        "codeorigin doctor",
    ]
    assert f"python -m zipfile -e {vsix} unpacked" in extension.stdout
    assert ("ovsx@1.4.0 get codeorigin.codeorigin" in extension.stdout) == (publish == "true")
    assert extension.stdout.endswith("codeorigin doctor\n")


def test_major_tag_moves_to_the_release_and_in_a_dry_run_stays(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin", "--bare")
    work = Repository(tmp_path / "work")
    work.git("remote", "add", "origin", str(origin.folder))
    tags = []
    for number, (publish, version) in enumerate([("true", "0.1.0"), ("true", "0.2.0"), ("false", "0.3.0")]):
        work.commit({"a.py": f"{number}\n"}, date=f"2020-01-0{number + 1}")
        done = step(
            "major-tag", "Move the tag of the major version", work.folder, PUBLISH=publish, VERSION=version
        )
        assert done.returncode == 0, done.stderr
        tags.append((work.git("rev-parse", "HEAD"), origin.git("rev-parse", "refs/tags/v0")))
    assert [head == tag for head, tag in tags] == [True, True, False]
    assert tags[2][1] == tags[1][1]
