import datetime
import os
import sys
from pathlib import Path

import pytest

from codeorigin_training.data.debian.apt import SourceClient
from codeorigin_training.data.debian.packages import SourcePackage, download_sources, read_source_packages
from codeorigin_training.data.rows import CorpusError
from support.archives import pinned_source, write_source

ENTRY = (
    '[bookworm]\ntally = { version = "2.0-1", date = 2022-05-01, archive = "tally_2.0.orig.tar.gz", size = 10, '
    'sha256 = "' + "ab" * 32 + '" }\n'
)

# A fake apt-get: it logs its arguments, and serves the files in the folder `served`.
FAKE = """#!{python}
import pathlib, shutil, sys
home = pathlib.Path({home!r})
with (home / "asked").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
if "indextargets" in sys.argv:
    print((home / "targets").read_text(), end="")
elif "update" in sys.argv:
    sys.exit((home / "no_update").read_text() if (home / "no_update").exists() else 0)
else:
    name = sys.argv[-1].split("=")[0]
    found = list((home / "served").glob(name + "_*"))
    if not found:
        sys.exit("N: be polite\\nE: Unable to find a source package for " + name + "\\nE: Nothing works")
    shutil.copy(found[0], found[0].name)
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a fake apt-get, first in the path; it reports the mirror of a made-up machine."""
    home = tmp_path / "fake"
    (home / "served").mkdir(parents=True)
    (home / "apt-get").write_text(FAKE.format(python=sys.executable, home=str(home)), encoding="utf-8")
    (home / "apt-get").chmod(0o755)
    targets = "nodistro main http://other.example/\nbookworm-updates main http://updates.example/\n"
    (home / "targets").write_text(targets + "bookworm main http://mirror.example/\n", encoding="utf-8")
    monkeypatch.setenv("PATH", f"{home}{os.pathsep}{os.environ['PATH']}")
    return home


def written(folder: Path, text: str) -> Path:
    file = folder / "list.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_shipped_list_is_valid() -> None:
    listed = read_source_packages()
    assert len({package.repo for package in listed}) == len(listed) > 300
    assert {package.suite for package in listed} == {"bookworm"}
    assert {package.modern for package in listed} == {True, False}
    # Only the main archive: a package's other archives are from other projects.
    assert all(package.archive.startswith(package.name + "_") for package in listed)


def test_custom_list_is_read(tmp_path: Path) -> None:
    (package,) = read_source_packages(written(tmp_path, ENTRY))
    assert (package.repo, package.suite, package.version) == ("debian/tally", "bookworm", "2.0-1")
    assert (package.date, package.modern) == (datetime.date(2022, 5, 1), True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[bookworm]", "[bookworm", "TOML"),
        ("version =", "edition =", "bookworm/tally: (version|edition): "),
        ("size = 10", 'size = "10"', "size: Input should be a valid integer"),
        ("size = 10", "size = 90000000", "size: Input should be less than or equal to 30000000"),
        ("2022-05-01", "2023-05-01", "date: Input should be less than or equal to"),
        ('"tally_2.0', '"../tally_2.0', "archive: String should match"),
        ('"2.0-1"', '"2.0 -o x"', "version: String should match"),
        ('"2.0-1"', '"2.0-1\\n"', "version: String should match"),
        ("tally =", "--tally =", "bookworm/--tally: name: String should match"),
        ("abab", "ABAB", "sha256: String should match"),
        ("[bookworm]\ntally", "bookworm", "bookworm/version"),
    ],
)
def test_invalid_entry_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_source_packages(written(tmp_path, ENTRY.replace(old, new)))


def test_missing_archives_are_fetched_once_with_own_apt_configuration(tmp_path: Path, apt: Path) -> None:
    served = write_source(apt / "served" / "tally_2.0.orig.tar.gz", {"a.py": "a = 1\n"})
    package, folder = pinned_source(served), tmp_path / "packages"
    for _ in range(2):
        assert download_sources([package], folder, lambda _: None) == [package]
    assert (folder / package.archive).read_bytes() == served.read_bytes()
    targets, update, source = (apt / "asked").read_text(encoding="utf-8").splitlines()
    assert "indextargets" in targets
    assert all(f"-c {folder / 'apt' / 'apt.conf'} " in line for line in (update, source))
    assert "--download-only" in source
    assert source.endswith(" tally=2.0-1")
    listed = (folder / "apt" / "debian.list").read_text(encoding="utf-8")
    assert listed.startswith("deb-src ")
    assert listed.endswith("http://mirror.example/ bookworm main\n")
    settings = (folder / "apt" / "apt.conf").read_text(encoding="utf-8")
    # The machine's own lists are untouched, and its post-update hooks do not run.
    assert f'Dir::State::lists "{folder}/apt/lists";' in settings
    assert "#clear APT::Update::Post-Invoke-Success;" in settings


def test_unavailable_or_unpinned_archives_are_left_out_and_logged(tmp_path: Path, apt: Path) -> None:
    served = write_source(apt / "served" / "tally_2.0.orig.tar.gz", {"a.py": "a = 1\n"})
    good = pinned_source(served)
    gone = pinned_source(served, name="gone", archive="gone_2.0.orig.tar.gz")
    other = pinned_source(served, name="tally", sha256="0" * 64)
    renamed = pinned_source(served, name="tally", archive="tally_2.1.orig.tar.gz")
    for package, reason in (
        (gone, "2.0-1 cannot be downloaded (E: Unable to find a source package for gone)"),
        (other, "tally_2.0.orig.tar.gz does not have the pinned SHA-256; delete it and download it again"),
        (renamed, "2.0-1 came without tally_2.1.orig.tar.gz"),
    ):
        log: list[str] = []
        assert download_sources([package], tmp_path / "packages", log.append) == []
        assert log[0] == f"{package.repo}: left out, {reason}"
    assert download_sources([good], tmp_path / "packages", lambda _: None) == [good]


def test_failed_update_is_the_reason_for_every_package(tmp_path: Path, apt: Path) -> None:
    (apt / "no_update").write_text("E: no such suite", encoding="utf-8")
    package = pinned_source(write_source(tmp_path / "tally_2.0.orig.tar.gz", {}))
    log: list[str] = []
    assert download_sources([package], tmp_path / "packages", log.append) == []
    assert log[0] == "debian/tally: left out, E: no such suite"


@pytest.mark.parametrize("targets", ["", "jammy main http://other.example/\n"])
def test_missing_mirror_is_reported(tmp_path: Path, apt: Path, targets: str) -> None:
    (apt / "targets").write_text(targets, encoding="utf-8")
    reason = "this machine's apt names no mirror of Debian; run this on Debian"
    assert SourceClient(tmp_path / "own").update(["bookworm"]) == reason


def test_missing_apt_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = SourceClient(tmp_path / "own").update(["bookworm"])
    assert reason is not None
    assert reason.startswith("apt-get cannot be started")


def test_symlinked_archive_is_rejected(tmp_path: Path, apt: Path) -> None:
    served = write_source(tmp_path / "tally_2.0.orig.tar.gz", {"a.py": "a = 1\n"})
    script = apt / "apt-get"
    script.write_text(
        script.read_text().replace(
            "shutil.copy(found[0], ", "pathlib.Path(found[0].name).symlink_to(found[0]); ("
        )
    )
    (apt / "served" / served.name).write_bytes(served.read_bytes())
    log: list[str] = []
    assert download_sources([pinned_source(served)], tmp_path / "packages", log.append) == []
    assert "came without" in log[0]


def test_package_name_becomes_repository_name() -> None:
    package = SourcePackage(
        "bookworm", "tally", "1:2.0+dfsg~rc1-1", datetime.date(2019, 1, 1), "tally_2.0.tar.xz", 1, "0" * 64
    )
    assert (package.repo, package.modern) == ("debian/tally", False)
