"""Many repositories, on one machine and on a cluster of two nodes: the same results, whoever dies on the way."""

import errno
import os
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import ray
from ray.cluster_utils import Cluster

from codeorigin.cli.app import main
from codeorigin.cli.fleet_report import write_fleet_report
from codeorigin.errors import CodeOriginError
from codeorigin.fleet.engines import Engine, LocalEngine, Worker, WorkerLostError, run_units
from codeorigin.fleet.ray_engine import RayEngine
from codeorigin.fleet.scan import ScanRequest, ScanTally, read_repositories, scan
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import Unit, UnitKind, units_of
from codeorigin.fleet.work import UnitResult, UnitWorker
from codeorigin.model.bundle import Bundle
from support.repositories import Repository
from support.tiny_model import with_commit_rules

PLAIN = """\
def {name}(values, limit):
    kept = []
    for value in values:
        if value < limit + {number}:
            kept.append(value)
    return kept
"""


def code(*names: str, number: int = 1) -> str:
    return "\n\n".join(PLAIN.format(name=name, number=number) for name in names)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    return with_commit_rules(tmp_path_factory.mktemp("fleet-model"), tiny_model_dir)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three repositories of six commits each, one of them bare."""
    root = tmp_path_factory.mktemp("repositories")
    made = []
    for number, name in enumerate(("one", "two", "three")):
        repository = Repository(root / name)
        for day in range(1, 7):
            files = {f"src/m{day}.py": code(f"{name}_{day}_a", f"{name}_{day}_b", number=10 * number + day)}
            repository.commit(files, date=f"2020-0{day}-01")
        made.append(repository)
    made[0].git("clone", "-q", "--bare", str(root / "three"), str(root / "three.git"))
    return [root / "one", root / "two", root / "three.git"]


def request(folders: list[Path], model: Path, kind: UnitKind = UnitKind.COMMITS) -> ScanRequest:
    return ScanRequest(folders, kind, Bundle.load(model).model_id, size=2)


Said = list[tuple[str, str]]


def run(engine: Engine, request: ScanRequest, folder: Path) -> tuple[ScanTally, Said]:
    said: Said = []
    with closing(engine):
        tally = scan(
            request,
            Store(folder, request.settings),
            engine,
            failed=lambda name, reason: said.append((name, reason)),
            progress=lambda tally: None,
        )
    return tally, said


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, folders: list[Path], model: Path) -> dict[str, bytes]:
    """The files of a scan by one process."""
    folder = tmp_path_factory.mktemp("local")
    tally, said = run(LocalEngine(model, 1), request(folders, model), folder)
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 0, [])
    return content(folder)


def test_units_have_keys_of_their_content(folders: list[Path], tmp_path: Path) -> None:
    def units(folder: Path, **options: Any) -> list[Unit]:
        return list(units_of(folder, UnitKind.COMMITS, size=4, **{"model": "m", **options}))

    first, second = units(folders[0])
    assert [len(first.commits), len(second.commits)] == [4, 2]
    assert first.seconds == tuple(sorted(first.seconds))
    assert {first.key, second.key}.isdisjoint(each.key for each in units(folders[0], model="other"))
    # A new commit leaves full units as they are.
    folders[0].parent.joinpath("copy").mkdir()
    copy = Repository.__new__(Repository)
    copy.folder = folders[0].parent / "copy"
    copy.git("clone", "-q", str(folders[0]), str(copy.folder))
    before = units(copy.folder)
    copy.commit({"new.py": code("new")}, date="2021-01-01")
    after = units(copy.folder)
    assert after[0].key == before[0].key
    assert after[1].key != before[1].key


def test_several_processes_give_the_same_files(
    folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes]
) -> None:
    run(LocalEngine(model, 2), request(folders, model), tmp_path)
    assert content(tmp_path) == local


class _Killing:
    """An engine whose second unit loses its worker once, in the middle of the work."""

    def __init__(self, inner: Engine, kill: Callable[[Any], None]) -> None:
        self.inner, self.workers, self._kill = inner, inner.workers, kill
        self.begun = 0

    def start(self) -> Worker:
        engine, worker = self, self.inner.start()

        class Watched:
            def submit(self, unit: Unit) -> Future[UnitResult]:
                future = worker.submit(unit)
                engine.begun += 1
                if engine.begun == 2:
                    engine._kill(worker)
                return future

            def stop(self) -> None:
                worker.stop()

        return Watched()

    def close(self) -> None:
        self.inner.close()


def _kill_process(worker: Any) -> None:
    (process,) = worker.process_ids
    os.kill(process, signal.SIGKILL)


def test_a_killed_process_loses_nothing(
    folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes]
) -> None:
    engine = _Killing(LocalEngine(model, 2), _kill_process)
    tally, said = run(engine, request(folders, model), tmp_path)
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 1, [])
    assert content(tmp_path) == local


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster of two nodes with one processor each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    node = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    made = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    made.add_node(**node)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    yield made
    ray.shutdown()
    made.shutdown()


def test_a_cluster_of_two_nodes_with_a_killed_worker_gives_the_same_files(
    cluster: Cluster, folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes]
) -> None:
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    engine = RayEngine(model, None)
    assert engine.workers == 2
    killing = _Killing(engine, _kill_process)
    tally, said = run(killing, request(folders, model), tmp_path)
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 1, [])
    assert content(tmp_path) == local


def test_a_second_run_does_nothing_again(
    folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes]
) -> None:
    run(LocalEngine(model, 1), request(folders[:1], model), tmp_path)
    tally, _ = run(LocalEngine(model, 1), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (6, 3)
    assert content(tmp_path) == local
    # Rows that somebody deleted are made again.
    next(tmp_path.glob("commits/*/*.parquet")).unlink()
    tally, _ = run(LocalEngine(model, 1), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (1, 8)
    assert content(tmp_path) == local


def test_new_commits_are_added_and_none_counted_twice(model: Path, tmp_path: Path) -> None:
    grown = Repository(tmp_path / "grown")
    for day in range(1, 4):
        grown.commit({f"m{day}.py": code(f"f{day}")}, date=f"2020-01-0{day}")
    asked = request([grown.folder], model)
    assert run(LocalEngine(model, 1), asked, tmp_path / "out")[0].done == 2
    grown.commit({"m4.py": code("f4")}, date="2020-01-04")
    tally, _ = run(LocalEngine(model, 1), asked, tmp_path / "out")
    assert (tally.done, tally.skipped) == (1, 1)
    store = Store(tmp_path / "out", asked.settings)
    commits = [row["commit"] for row in store.rows(UnitKind.COMMITS)]
    assert sorted(commits) == sorted(grown.git("rev-list", "HEAD").split())
    assert sum(entry.rows for entry in store.entries()) == 4


def test_a_folder_holds_one_scan(folders: list[Path], model: Path, tmp_path: Path) -> None:
    run(LocalEngine(model, 1), request(folders[:1], model), tmp_path)
    other = ScanRequest(folders[:1], UnitKind.COMMITS, "another model", size=2)
    with pytest.raises(CodeOriginError, match="holds a scan with another model or other options"):
        Store(tmp_path, other.settings)


def test_broken_repositories_are_reported_and_tried_again(
    folders: list[Path], model: Path, tmp_path: Path
) -> None:
    broken = Repository(tmp_path / "broken")
    broken.commit({"a.py": code("a")}, date="2020-01-01")
    broken.commit({"a.py": code("b")}, date="2020-01-02")
    # Not the one of the working tree, which git may read in place of the object.
    blob = broken.git("rev-parse", "HEAD~1:a.py")
    path = broken.folder / ".git" / "objects" / blob[:2] / blob[2:]
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(b"broken")
    empty, gone = Repository(tmp_path / "empty").folder, tmp_path / "gone"
    asked = request([broken.folder, empty, gone, folders[0]], model)
    tally, said = run(LocalEngine(model, 1), asked, tmp_path / "out")
    assert (tally.done, tally.failed) == (3, 3)
    reasons = dict(said)
    assert reasons[str(gone)] == "no such folder"
    assert reasons[str(empty)].endswith("the repository has no commits yet")
    assert "or is damaged" in reasons[str(broken.folder)]
    store = Store(tmp_path / "out", asked.settings)
    assert {each.repository for each in store.entries() if each.error} == set(reasons)
    path.write_bytes(whole)
    tally, said = run(LocalEngine(model, 1), asked, tmp_path / "out")
    assert (tally.done, tally.skipped, tally.failed) == (1, 3, 2)


def test_a_full_disk_keeps_what_is_done(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: dict[str, bytes]
) -> None:
    kept = pq.write_table
    written: list[Path] = []

    def full(table: Any, where: Path, **options: Any) -> None:
        if len(written) == 4:
            where.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(where)
        kept(table, where, **options)

    monkeypatch.setattr("codeorigin.fleet.store.pq.write_table", full)
    with pytest.raises(CodeOriginError, match=r"No space left on device; what is done is kept"):
        run(LocalEngine(model, 1), request(folders, model), tmp_path)
    monkeypatch.undo()
    half_done = content(tmp_path)
    assert len(half_done) == 1 + 2 * 4
    assert all(local[name] == data for name, data in half_done.items())
    tally, _ = run(LocalEngine(model, 1), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (5, 4)
    assert content(tmp_path) == local


class _Dying:
    """An engine whose workers die over every unit of one repository, and count what is under way."""

    def __init__(self, bad: str, workers: int = 2) -> None:
        self.workers, self.bad = workers, bad
        self.under_way = self.most = 0

    def start(self) -> Worker:
        engine = self

        class Mortal:
            def submit(self, unit: Unit) -> Future[UnitResult]:
                engine.under_way += 1
                engine.most = max(engine.most, engine.under_way)
                future: Future[UnitResult] = Future()
                if unit.repository == engine.bad:
                    future.set_exception(WorkerLostError("killed"))
                else:
                    future.set_result(UnitResult())
                engine.under_way -= 1
                return future

            def stop(self) -> None:
                pass

        return Mortal()

    def close(self) -> None:
        pass


def unit(repository: str) -> Unit:
    return Unit(repository, UnitKind.COMMITS, ("a",), (0,), True, "m")


def test_a_unit_that_kills_its_workers_is_given_up() -> None:
    engine = _Dying("bad")
    outcomes = {each.unit.repository: each for each in run_units(engine, map(unit, ("good", "bad", "fine")))}
    assert outcomes["bad"].result.error == "its worker ended 3 times: killed"
    assert outcomes["bad"].lost == 3
    assert outcomes["good"].result.error is outcomes["fine"].result.error is None


def test_units_are_taken_only_when_a_worker_is_free() -> None:
    taken: list[str] = []

    def units() -> Iterator[Unit]:
        for number in range(100):
            taken.append(str(number))
            yield unit(str(number))

    outcomes = run_units(_Dying("none"), units())
    for done in range(20):
        next(outcomes)
        assert len(taken) <= done + 3


def test_the_files_of_a_tree(folders: list[Path], model: Path, tmp_path: Path) -> None:
    asked = request(folders[1:], model, UnitKind.TREE)
    run(LocalEngine(model, 1), asked, tmp_path)
    rows = list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))
    assert sorted(row["path"] for row in rows) == sorted(2 * [f"src/m{day}.py" for day in range(1, 7)])
    assert {row["functions"] for row in rows} == {2}
    assert {row["human"] + row["unsure"] + row["llm"] for row in rows} == {12}
    assert all(0 < row["probability"] < 1 for row in rows)


def test_another_model_on_a_worker_is_refused(folders: list[Path], model: Path) -> None:
    (first,) = units_of(folders[0], UnitKind.TREE, model="another")
    result = UnitWorker(model).run(first)
    assert result.rows == ()
    assert result.error is not None
    assert result.error.endswith("install the same")


def test_the_list_of_repositories(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("# ours\none\n\n  /two  \none\n")
    assert read_repositories(listed) == [tmp_path / "one", Path("/two")]
    listed.write_text("# none\n")
    with pytest.raises(CodeOriginError, match="names no repository"):
        read_repositories(listed)
    with pytest.raises(CodeOriginError, match="cannot be read"):
        read_repositories(tmp_path / "gone")


@pytest.mark.parametrize("of", ["commits", "tree"])
def test_the_command_writes_a_report_over_all(
    folders: list[Path], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], of: str
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(map(str, [*folders, tmp_path / "<i>gone"])))
    out = tmp_path / "out"
    given = ["scan", str(listed), "--output", str(out), "--model", str(model), "--jobs", "1", "--of", of]
    assert main(given) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("gone: no such folder")
    assert said[-1].startswith("codeorigin: 4 repositories: 3 units done, 0 done before, 1 failed; report in")
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "CodeOrigin scan of 3 repositories" in text
    assert "&lt;i&gt;gone" in text
    assert "<script" not in text
    assert "ann@example.org" not in text.lower()
    rows = pq.read_table(out / "repositories.parquet").to_pylist()
    assert [row["lines"] for row in rows] == [72, 72, 72]
    assert [row["functions"] for row in rows] == [12, 12, 12]
    listed.write_text("\n".join(map(str, folders)))
    assert main(given) == 0
    assert "0 units done, 3 done before, 0 failed" in capsys.readouterr().err


def test_repositories_of_one_name_are_told_apart(folders: list[Path], model: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    for number, folder in enumerate(folders[:2]):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "repo").symlink_to(folder)
    listed.write_text("0/repo\n1/repo\n")
    out = tmp_path / "out"
    assert (
        main(["scan", str(listed), "-o", str(out), "--model", str(model), "--jobs", "1", "--of", "tree"]) == 0
    )
    text = (out / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"<title>(./repo): 72 lines", text) == ["0/repo", "1/repo"]


def test_an_unforeseen_error_is_one_of_its_unit(
    folders: list[Path], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise ValueError("odd\nthings")

    monkeypatch.setattr("codeorigin.fleet.work.tree_files", broken)
    (first,) = units_of(folders[0], UnitKind.TREE, model=Bundle.load(model).model_id)
    assert UnitWorker(model).run(first) == UnitResult(error="unexpected ValueError: odd things")


def test_a_damaged_file_of_the_results_is_named(folders: list[Path], model: Path, tmp_path: Path) -> None:
    asked = request(folders[:1], model, UnitKind.TREE)
    run(LocalEngine(model, 1), asked, tmp_path)
    (file,) = (tmp_path / "tree").glob("*/*.parquet")
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(CodeOriginError, match=r"\.parquet: is damaged; delete it"):
        list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))
    file.unlink()
    assert run(LocalEngine(model, 1), asked, tmp_path)[0].done == 1
    assert len(list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))) == 6


def test_a_report_names_the_failures_of_its_own_kind(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    store.put_failure("/one", UnitKind.TREE, "no such folder")
    write_fleet_report(store, UnitKind.COMMITS, "m")
    assert "/one" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    write_fleet_report(store, UnitKind.TREE, "m")
    assert "/one" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_two_runs_in_one_folder_write_files_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store, other = Store(tmp_path, {}), Store(tmp_path, {})
    done, mine = unit("/one"), os.getpid()
    write = pq.write_table

    def meanwhile(*given: Any, **options: Any) -> None:
        write(*given, **options)
        monkeypatch.setattr(pq, "write_table", write)
        monkeypatch.setattr(os, "getpid", lambda: mine + 1)
        other.put(done, UnitResult())
        monkeypatch.setattr(os, "getpid", lambda: mine)

    monkeypatch.setattr(pq, "write_table", meanwhile)
    store.put(done, UnitResult())
    assert store.is_done(done)
    assert not list(tmp_path.rglob("*.part"))
