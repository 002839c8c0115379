"""The Dockerfile is checked everywhere; where there is a container engine, the image is built and run."""

import json
import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from typer.main import get_command

from codeorigin.cli.app import app

ROOT = Path(__file__).parents[1]


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments, in order."""
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
    parts = [line.partition(" ") for line in lines if line.strip() and not line.startswith("#")]
    return [(name, arguments.strip()) for name, _, arguments in parts]


def of(name: str) -> list[str]:
    return [arguments for each, arguments in instructions() if each == name]


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_base_image_is_slim_with_the_minimum_supported_python() -> None:
    (image,) = of("FROM")
    found = re.fullmatch(r"python:(\d+\.\d+)-slim", image)
    assert found
    assert f">={found[1]}" == project()["requires-python"]
    assert {name for name, _ in instructions()} <= {
        *("FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD")
    }


def test_image_runs_as_non_root() -> None:
    names = [name for name, _ in instructions()]
    (user,) = of("USER")
    assert user not in {"root", "0"}
    assert f"useradd --create-home {user}" in " ".join(of("RUN"))
    assert names.index("USER") < names.index("ENTRYPOINT")


def test_entry_point_and_options_are_valid() -> None:
    ((entry,),), ((command, *options),) = (list(map(json.loads, of(each))) for each in ("ENTRYPOINT", "CMD"))
    assert entry in project()["scripts"]  # type: ignore[operator]
    known = get_command(app).commands[command]  # type: ignore[attr-defined]
    context = known.make_context(command, list(options))
    assert list(context.params["paths"]) == ["."]


def test_copied_files_exist_and_are_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    for arguments in of("COPY"):
        *sources, _ = arguments.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert any(fnmatch(source, pattern) for pattern in kept)
    extras = project()["optional-dependencies"]
    (extra,) = re.findall(r"/source\[(\w+)\]", " ".join(of("RUN")))
    assert extra in extras  # type: ignore[operator]


def engine() -> str | None:
    """A working container engine that has, or can pull, the base image."""
    for name in ("docker", "podman"):
        if shutil.which(name) is not None:
            asked = [[name, "info"], [name, "pull", of("FROM")[0]]]
            if all(subprocess.run(each, capture_output=True, check=False).returncode == 0 for each in asked):
                return name
    return None


def test_image_builds_if_an_engine_is_available() -> None:
    found = engine()
    if found is None:
        # Nothing to build with: every instruction must at least be one that an engine can parse.
        assert all(arguments for _, arguments in instructions())
        return
    tag = "codeorigin-test"
    built = subprocess.run([found, "build", "--tag", tag, ROOT], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    said = subprocess.run(
        [found, "run", "--rm", tag, "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("codeorigin ")
