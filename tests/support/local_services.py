"""Stands in for the package index and for GitHub, by environment variables alone: a recipe runs as it is written."""

import email
import os
import shutil
import sys
import sysconfig
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

from support.command import PLAIN, ROOT
from support.repositories import Repository

_RELEASED = (
    "pyproject.toml",
    ".pre-commit-hooks.yaml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "server",
    "models",
)
_IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
}


def local_services(folder: Path) -> dict[str, str]:
    """The environment of a job without a network, whose files are below ``folder``.

    pip finds CodeOrigin's dependencies, as they are installed here, in an index of its own; git finds the release
    ``v0.1.0`` of this checkout at the address that the manual names. Nothing of the machine's user counts.
    """
    index, home = _index(folder / "index").as_uri(), folder / "home"
    home.mkdir()
    release = _release(folder / "release")
    kept = {
        name: value for name, value in PLAIN.items() if not name.startswith(("GIT_", "PIP_", "PRE_COMMIT"))
    }
    return (
        kept
        | _IDENTITY
        | {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{release.folder.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/codeorigin",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{PLAIN['PATH']}",
            # Two, so that no configuration of the machine adds one.
            "PIP_INDEX_URL": index,
            "PIP_EXTRA_INDEX_URL": index,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
        }
    )


def _release(folder: Path) -> Repository:
    made = Repository(folder)
    for name in _RELEASED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "Release")
    made.git("tag", "v0.1.0")
    return made


def _index(folder: Path) -> Path:
    """An index of what is installed here but CodeOrigin: a wheel holds a path to it in place of its files."""
    lent = folder / "lent"
    lent.mkdir(parents=True)
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(place).iterdir():
            if entry.suffix != ".pth" and "codeorigin" not in entry.name:
                (lent / entry.name).symlink_to(entry)
    for found in distributions(path=[str(lent)]):
        name = found.metadata["Name"].lower().replace("_", "-").replace(".", "-")
        _write_wheel(found, name, lent, folder / name)
    return folder


def _write_wheel(found: Distribution, name: str, lent: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    stem = f"{name.replace('-', '_')}-{found.version}"
    wheel = folder / f"{stem}-py3-none-any.whl"
    metadata = email.message_from_string(found.read_text("METADATA") or "")
    metadata.set_payload("")
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"lent_{stem}.pth", f"{lent}\n")
        archive.writestr(f"{stem}.dist-info/METADATA", metadata.as_string())
        archive.writestr(
            f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>', "utf-8")
