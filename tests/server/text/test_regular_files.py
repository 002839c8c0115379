"""Files in folders that others have filled: no link, pipe or device is read or written in place of a file."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from codeorigin.text.regular_files import is_device_name, open_for_append, read_regular_file, replacing_file


def names(folder: Path) -> list[str]:
    """What is in the folder."""
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, text: str, root: Path | None = None) -> None:
    with replacing_file(path, root=root) as stream:
        stream.write(text)


def test_reading_stops_one_byte_after_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"0123456789")
    assert read_regular_file(file, 10) == b"0123456789"
    assert read_regular_file(file, 4) == b"01234"
    assert read_regular_file(file, 0) == b"0"


def test_reading_a_non_regular_file_is_refused_and_never_blocks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-pipe").symlink_to("pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("pipe", "to-pipe", "loop", ".", "missing"):
        with pytest.raises(OSError, match=name if name != "." else "folder"):
            read_regular_file(tmp_path / name, 100)
    with pytest.raises(OSError, match="not a regular file"):
        read_regular_file(Path("/dev/zero"), 100)


def test_link_is_read_only_if_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    assert read_regular_file(tmp_path / "link", 9) == b"x"
    with pytest.raises(OSError, match="symbolic link"):
        read_regular_file(tmp_path / "link", 9, follow_links=False)


def test_file_is_replaced_atomically(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write(file, "first")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~umask
    file.chmod(0o640)
    with replacing_file(file) as stream:
        stream.write("second\ud800\n")
        stream.flush()
        assert file.read_text() == "first"
    assert file.read_text() == "second\\ud800\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert names(tmp_path) == ["a"]


def test_an_error_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("old")
    with suppress(KeyboardInterrupt), replacing_file(file) as stream:
        stream.write("half")
        raise KeyboardInterrupt
    assert file.read_text() == "old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("target", ["victim", "nowhere"])
def test_link_in_place_of_the_file_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "a").symlink_to(target)
    with pytest.raises(OSError, match="symbolic link"):
        write(tmp_path / "a", "theirs")
    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(OSError, match="symbolic link"):
        open_for_append(tmp_path / "a")
    assert names(tmp_path) == ["a", "victim"]


def test_link_created_meanwhile_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    with replacing_file(tmp_path / "a") as stream:
        stream.write("theirs")
        (tmp_path / "a").symlink_to("victim")
    assert (tmp_path / "victim").read_text() == "mine"
    assert not (tmp_path / "a").is_symlink()


def test_a_linked_folder_below_the_root_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "workspace", tmp_path / "home"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (root / "reports").symlink_to(outside)
    (root / "real" / "deep").symlink_to(outside)
    for name in ("reports/a", "real/deep/a"):
        with pytest.raises(OSError, match="symbolic link"):
            write(root / name, "x", root)
    with pytest.raises(OSError, match="outside"):
        write(root / "real" / ".." / ".." / "a", "x", root)
    assert names(outside) == []
    write(root / "real" / "a", "x", root)
    assert (root / "real" / "a").read_text() == "x"


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to("real")
    write(tmp_path / "named" / "a", "x", tmp_path / "named")
    assert (tmp_path / "real" / "a").read_text() == "x"


def test_pipes_and_folders_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="not a regular file"):
        write(tmp_path / "pipe", "x")
    with pytest.raises(OSError, match="a folder"):
        write(tmp_path / "folder", "x")
    assert names(tmp_path) == ["folder", "pipe"]


def test_appending_keeps_the_content_private_to_the_owner(tmp_path: Path) -> None:
    for text in ("a\n", "b\n"):
        with open_for_append(tmp_path / "log") as stream:
            stream.write(text)
    assert (tmp_path / "log").read_text() == "a\nb\n"
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_device_names_are_recognized() -> None:
    assert is_device_name(Path("/dev/stdout"))
    assert is_device_name(Path("/dev/fd/63"))
    for name in ("dev/stdout", "/devices/x", "/dev/../etc/passwd", "/home/dev/x"):
        assert not is_device_name(Path(name))
    with open_for_append(Path("/dev/null")) as stream:
        stream.write("x")
