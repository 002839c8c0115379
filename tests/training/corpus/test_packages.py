import datetime
import sys
from pathlib import Path

import pytest

from codeorigin_training.corpus import packages
from codeorigin_training.corpus.packages import ASSISTED_FROM, HUMAN_UNTIL, Package, download, read_packages
from codeorigin_training.corpus.rows import CorpusError

DATE = datetime.date(2022, 5, 1)


def write(folder: Path, text: str) -> Path:
    file = folder / "packages.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_shipped_list_is_valid() -> None:
    listed = read_packages()
    assert len({package.repo for package in listed}) == len(listed) > 200
    assert {package.registry for package in listed} == {"pypi", "npm"}
    assert all(package.date <= HUMAN_UNTIL for package in listed)
    # An earlier release is only useful together with a later one.
    assert all(package.modern for package in listed if package.earlier)
    assert sum(package.modern for package in listed) > 150


def test_custom_list_is_read(tmp_path: Path) -> None:
    file = write(tmp_path, '[npm]\n"@a/b" = { version = "1.0.0", date = 2022-05-01, earlier = "0.9.0" }\n')
    (package,) = read_packages(file)
    assert package == Package("npm", "@a/b", "1.0.0", DATE, "0.9.0")
    assert package.modern
    assert package.archive(tmp_path, "0.9.0").name == "npm-a-b-0.9.0.tgz"
    assert not Package("npm", "x", "1", ASSISTED_FROM - datetime.timedelta(days=1)).modern


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[pypi\n", "TOML"),
        ('pypi = "a"\n', "pypi/: give version and date"),
        ('[pypi]\na = "1.0"\n', "pypi/a: give version and date"),
        ("[pypi]\na = { version = 1, date = 2022-05-01 }\n", "version must be text"),
        ('[pypi]\na = { version = "1", date = 2023-05-01 }\n', "pin a release up to 2022-11-29"),
        ('[gems]\na = { version = "1", date = 2022-05-01 }\n', "unknown registry"),
    ],
)
def test_invalid_entry_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_packages(write(tmp_path, text))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A fake pip that writes an archive, or fails for the package ``gone``; returns the releases it was asked for."""
    asked: list[tuple[str, str]] = []

    def command(name: str, version: str, folder: str) -> list[str]:
        asked.append((name, version))
        if name == "gone":
            return [sys.executable, "-c", "import sys; sys.exit('noise\\nno such release')"]
        code = "import sys, pathlib; pathlib.Path(sys.argv[1], 'any-1-py3.whl').write_text('archive')"
        return [sys.executable, "-c", code, folder]

    monkeypatch.setitem(packages._COMMANDS, "pypi", command)
    return asked


def test_existing_archives_are_not_downloaded_again(tmp_path: Path, client: list[tuple[str, str]]) -> None:
    package = Package("pypi", "tally", "2.0", DATE, "1.0")
    for _ in range(2):
        assert download([package], tmp_path, lambda _: None) == [package]
    assert client == [("tally", "2.0"), ("tally", "1.0")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pypi-tally-1.0.whl", "pypi-tally-2.0.whl"]


def test_unavailable_release_is_logged_and_left_out(tmp_path: Path, client: list[tuple[str, str]]) -> None:
    gone, kept = Package("pypi", "gone", "2.0", DATE), Package("pypi", "tally", "2.0", DATE)
    log: list[str] = []
    assert download([gone, kept], tmp_path, log.append) == [kept]
    assert log[0] == "pypi:gone: left out, 2.0 cannot be downloaded (no such release)"
    assert client == [("gone", "2.0"), ("tally", "2.0")]


def test_clients_do_not_execute_package_code() -> None:
    pip = packages._COMMANDS["pypi"]("tally", "2.0", "folder")
    assert pip[pip.index("--only-binary") + 1] == ":all:"
    assert "--no-deps" in pip
    assert "tally==2.0" in pip
    npm = packages._COMMANDS["npm"]("@a/b", "1.0.0", "folder")
    assert "--ignore-scripts" in npm
    assert "@a/b@1.0.0" in npm


def test_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packages._COMMANDS, "npm", lambda *_: ["no-such-client-anywhere"])
    log: list[str] = []
    assert download([Package("npm", "a", "1", DATE)], tmp_path, log.append) == []
    assert "no-such-client-anywhere cannot be started" in log[0]
