"""Damaged rows of a kept state: they are computed again and reported."""

import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from support.histories import History, Judge
from support.repositories import Repository


def spoil(path: Path, table: str, column: str, change: Callable[[bytes], bytes | str]) -> int:
    """Change a column of every row; returns how many there are."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
        for (value,) in rows:
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (change(value), value))
        database.commit()
    return len(rows)


SPOILED: dict[str, Callable[[bytes], bytes | str]] = {
    "cut off": lambda data: data[:-5],
    "one bit": lambda data: data[:8] + bytes([data[8] ^ 1]) + data[9:],
    "no data": lambda data: b"no data",
    "text": lambda data: "text",
    "another shape": lambda data: zlib.compress(b'[{"x": 1}]'),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize(("table", "column"), [("blobs", "functions"), ("commits", "result")])
def test_damaged_rows_are_computed_again(
    repository: Repository,
    judge: Judge,
    tmp_path: Path,
    table: str,
    column: str,
    change: Callable[[bytes], bytes | str],
) -> None:
    path = tmp_path / "state.sqlite"
    before = judge(repository.folder)
    if table == "blobs":
        with closing(sqlite3.connect(path)) as database:
            database.execute("DELETE FROM commits")
            database.commit()
    assert spoil(path, table, column, change) == 3
    assert judge(repository.folder) == before
    with closing(sqlite3.connect(path)) as database:
        assert all(
            json.loads(zlib.decompress(data)) for (data,) in database.execute(f"SELECT {column} FROM {table}")
        )


def test_damaged_rows_are_reported_in_one_line(history: History, tmp_path: Path) -> None:
    whole = history("--format", "html")
    assert whole[0] == 0
    assert whole[2] == []
    spoil(tmp_path / "state", "blobs", "functions", SPOILED["one bit"])
    # The commits are known; only the details of the page need functions.
    said = ["codeorigin: 2 damaged parts of the kept state were made again"]
    assert history("--format", "html") == (0, whole[1], said)
    assert history("--format", "html") == whole


@pytest.mark.parametrize("table", ["blobs", "commits"])
def test_damaged_page_is_one_line_before_any_output(history: History, tmp_path: Path, table: str) -> None:
    assert history()[0] == 0
    with closing(sqlite3.connect(tmp_path / "state")) as database:
        ((page,),) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        ((size,),) = database.execute("PRAGMA page_size")
    with (tmp_path / "state").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * 200)
    problem = "the kept state of the history is damaged; delete the file, and the next run makes it again"
    assert history() == (2, "", [f"codeorigin: {tmp_path / 'state'}: {problem}"])
    (tmp_path / "state").unlink()
    assert history()[0] == 0
