import gzip
import io
import tarfile
from pathlib import Path

import pytest

from codeorigin_training.data.debian import archives
from codeorigin_training.data.debian.archives import read_source_archive
from codeorigin_training.data.rows import CorpusError
from support.archives import write_source

PATCHED = "codeorigin_training.data.debian.archives"


def paths(archive: Path) -> list[str]:
    return [file.path for file in read_source_archive(archive)]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("prefix", ["upstream-1.0/", "./upstream-1.0/"])
def test_paths_are_relative_to_single_top_folder(tmp_path: Path, suffix: str, prefix: str) -> None:
    files = {"lib/a.py": "a = 1\n", "README": "words\n", "debian/rules.py": "a = 1\n"}
    archive = write_source(tmp_path / f"a_1.tar{suffix}", files, prefix, modified=1e9)
    (file,) = read_source_archive(archive)
    assert (file.path, file.text, file.language.id, file.modified) == ("lib/a.py", "a = 1\n", "python", 1e9)


def test_archive_without_top_folder_keeps_its_paths(tmp_path: Path) -> None:
    archive = write_source(tmp_path / "a_1.tar.gz", {"lib/a.py": "a = 1\n", "b.py": "b = 1\n"}, "")
    assert paths(archive) == ["lib/a.py", "b.py"]


def test_links_devices_and_outside_paths_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a_1.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (("l.py", tarfile.SYMTYPE), ("h.py", tarfile.LNKTYPE), ("d.py", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(f"up/{name}")
            info.type, info.linkname = kind, "/etc/hostname"
            archive.addfile(info)
        for name in ("../out.py", "/abs.py", "up/../../out.py", "up/in.py"):
            info = tarfile.TarInfo(name)
            info.size = 6
            archive.addfile(info, io.BytesIO(b"a = 1\n"))
    assert paths(path) == ["in.py"]


def test_binary_and_very_large_files_are_left_out(tmp_path: Path) -> None:
    files = {"binary.py": b"\0a = 1\n", "large.py": "a = 1\n" * 200_000, "kept.py": "a = 1\n"}
    assert paths(write_source(tmp_path / "a_1.tar.gz", files)) == ["kept.py"]


def test_truncated_damaged_or_missing_archives_are_reported(tmp_path: Path) -> None:
    for suffix in ("gz", "bz2", "xz"):
        whole = write_source(tmp_path / f"a_1.tar.{suffix}", {"a.py": "a = 1\n" * 999})
        whole.write_bytes(whole.read_bytes()[:-30])
        with pytest.raises(CorpusError, match=r"damaged archive .* delete it and download it again"):
            paths(whole)
        whole.write_bytes(b"no archive at all")
        with pytest.raises(CorpusError, match="damaged archive"):
            paths(whole)
    (tmp_path / "no_tar.tar.gz").write_bytes(gzip.compress(b"no tar" * 999))
    with pytest.raises(CorpusError, match="damaged archive"):
        paths(tmp_path / "no_tar.tar.gz")
    with pytest.raises(CorpusError, match="not found; download the packages first"):
        paths(tmp_path / "none.tar.gz")
    with pytest.raises(CorpusError, match=r"there are \.tar\.gz"):
        paths(write_source(tmp_path / "a.gz", {}).rename(tmp_path / "a.zip"))


def test_archive_bombs_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_source(tmp_path / "a_1.tar.gz", {"a.py": "0" * 900_000})
    assert paths(archive) == ["a.py"]
    monkeypatch.setattr(f"{PATCHED}._ALWAYS_ALLOWED", 100)
    with pytest.raises(CorpusError, match="unpacks to far more than its size; leave this package out"):
        paths(archive)


def test_archives_with_too_many_members_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 3)
    archive = write_source(tmp_path / "a_1.tar.gz", {f"{n}.py": "a = 1\n" for n in range(4)})
    with pytest.raises(CorpusError, match="holds more than 3 files"):
        paths(archive)
