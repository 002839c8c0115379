"""The folder of a scan: what it keeps when the disk is full, a file is damaged or another run uses it."""

import errno
import random
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.store import SCHEMAS, Store
from codeorigin.fleet.units import ScanRequest
from codeorigin.fleet.work import UnitResult
from support.fleet_scans import Here, content, request, run, unit


def test_folder_holds_only_one_scan(folders: list[Path], model: Path, tmp_path: Path) -> None:
    run(Here(model), request(folders[:1], model), tmp_path)
    other = ScanRequest(folders[:1], UnitKind.COMMITS, "another model", size=2)
    with pytest.raises(CodeOriginError, match="holds a scan with another model or other options"):
        Store(tmp_path, other.settings)


def test_full_disk_keeps_finished_work(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: dict[str, bytes]
) -> None:
    kept = pq.write_table
    written: list[BinaryIO] = []

    def full(table: Any, where: BinaryIO, **options: Any) -> None:
        if len(written) == 4:
            where.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(where)
        kept(table, where, **options)

    monkeypatch.setattr("codeorigin.fleet.store.pq.write_table", full)
    with pytest.raises(CodeOriginError, match=r"No space left on device; what is done is kept"):
        run(Here(model), request(folders, model), tmp_path)
    monkeypatch.undo()
    half_done = content(tmp_path)
    assert len(half_done) == 1 + 2 * 4
    assert all(local[name] == data for name, data in half_done.items())
    tally, _ = run(Here(model), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (5, 4)
    assert content(tmp_path) == local


def test_damaged_result_file_is_named(folders: list[Path], model: Path, tmp_path: Path) -> None:
    asked = request(folders[:1], model, UnitKind.TREE)
    run(Here(model), asked, tmp_path)
    (file,) = (tmp_path / "tree").glob("*/*.parquet")
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(CodeOriginError, match=r"\.parquet: is damaged; delete it"):
        list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))
    file.unlink()
    assert run(Here(model), asked, tmp_path)[0].done == 1
    assert len(list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))) == 6


@pytest.mark.parametrize("kind", list(UnitKind))
def test_damage_anywhere_in_a_result_file_is_one_line(tmp_path: Path, kind: UnitKind) -> None:
    store = Store(tmp_path, {})
    about = {"repository": "/one", "commit": "a", "path": "src/a.py", "functions": 1, "llm": 9, "lines": 20}
    row = {name: value for name, value in about.items() if name in SCHEMAS[kind].names}
    store.put(replace(unit("/one"), kind=kind), UnitResult((row, row)))
    (file,) = (tmp_path / kind.value).glob("*/*.parquet")
    sound = file.read_bytes()
    chance = random.Random(1)
    damaged, messages = 0, set[str]()
    for _ in range(400):
        data = bytearray(sound)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
        try:
            list(store.rows(kind))
        except CodeOriginError as error:
            messages.add(str(error))
            damaged += 1
    # The rest changes nothing, or only what no checksum covers.
    assert damaged > 100
    assert messages == {f"{file}: is damaged; delete it and give the same command, which makes it again"}


def test_rows_of_a_large_file_are_never_all_in_memory(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    about = {"repository": "/one", "commit": "a", "language": "python", "functions": 1, "llm": 9}
    rows = tuple({**about, "path": f"src/{number}.py"} for number in range(20_000))
    store.put(replace(unit("/one"), kind=UnitKind.TREE), UnitResult(rows))
    tracemalloc.start()
    try:
        read = [row["path"] for row in store.rows(UnitKind.TREE)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == [row["path"] for row in rows]
    assert peak < 6 * 2**20


def test_result_file_with_other_columns_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    store.put(unit("/one"), UnitResult(()))
    (file,) = (tmp_path / "commits").glob("*/*.parquet")
    schema = SCHEMAS[UnitKind.COMMITS]
    numbers = pa.schema([(name, pa.int64()) for name in schema.names])
    pq.write_table(numbers.empty_table(), file)
    with pytest.raises(CodeOriginError, match=r"\.parquet: is damaged; delete it"):
        list(store.rows(UnitKind.COMMITS))
    pq.write_table(pa.table({"repository": ["/one"]}), file)
    with pytest.raises(CodeOriginError, match=r"\.parquet: is damaged; delete it"):
        list(store.rows(UnitKind.COMMITS))


def test_two_runs_in_one_folder_write_separate_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store, other = Store(tmp_path, {}), Store(tmp_path, {})
    done = unit("/one")
    write = pq.write_table

    def meanwhile(*given: Any, **options: Any) -> None:
        write(*given, **options)
        monkeypatch.setattr(pq, "write_table", write)
        other.put(done, UnitResult())

    monkeypatch.setattr(pq, "write_table", meanwhile)
    store.put(done, UnitResult())
    assert store.is_done(done)
    assert not list(tmp_path.rglob("*.tmp"))
