"""What a run caches and tracks."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.encoder.settings import EncoderConfig, Strategy
from codeorigin_training.run import Run, atomic_path, write_atomically
from codeorigin_training.tracking import Tracker, flattened, tracked


class Maker:
    """Makes a value and a file, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.file, self.lines, self.made = folder / "out" / "file.txt", list[str](), 0
        self.run = Run(folder, log=self.lines.append)

    def __call__(self, inputs: object) -> int:
        return self.run.cached("thing", inputs, self._make, [self.file])

    def _make(self) -> int:
        self.made += 1
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(str(self.made))
        return self.made


def test_the_same_inputs_are_made_once(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    assert make({"rounds": 1, "data": Path("a")}) == make({"data": Path("a"), "rounds": 1}) == 1
    assert make.lines == [f"thing: taken from {tmp_path / 'cache'}"]
    # A later run finds it, too.
    assert Maker(tmp_path)({"rounds": 1, "data": Path("a")}) == 1


def test_other_inputs_or_a_changed_file_are_made_again(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    assert [make("a"), make("b"), make("a"), make("a")] == [1, 2, 3, 3]
    make.file.write_text("by hand")
    assert [make("a"), make.file.read_text()] == [4, "4"]
    make.file.unlink()
    assert [make("a"), make("a")] == [5, 5]


@pytest.mark.filterwarnings("ignore:Exception while loading results")
def test_a_truncated_entry_is_made_again(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    make("a")
    (entry,) = (tmp_path / "cache").rglob("output.pkl")
    entry.write_bytes(entry.read_bytes()[:10])
    assert make("a") == 2


def test_what_is_interrupted_is_not_kept(tmp_path: Path) -> None:
    run, tries = Run(tmp_path), list[int]()

    def make() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise KeyboardInterrupt
        return len(tries)

    with pytest.raises(KeyboardInterrupt):
        run.cached("thing", "a", make)
    assert run.cached("thing", "a", make) == 2


def test_interrupted_file_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    write_atomically(path, "whole")
    with pytest.raises(AttributeError), atomic_path(path) as partial:
        partial.write_text("half").interrupted()  # type: ignore[attr-defined]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("kept.txt", "whole")]


@dataclass(frozen=True)
class Settings:
    """A configuration with another one inside."""

    rate: float = 0.5
    strategy: Strategy = Strategy.GRADUAL
    inner: EncoderConfig = field(default_factory=EncoderConfig)


def interrupted(tracker: Tracker) -> None:
    with tracker.phase("fold-1") as phase:
        phase.metrics({"train/loss": 3.0}, 1)
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run(tmp_path_factory.mktemp("run"), track=True)
    probabilities = np.linspace(0, 1, 20)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("codeorigin_training.tracking.git_commit", lambda: "c0ffee")
    with tracked(run, "finetune", Settings(), data="abc") as tracker:
        with tracker.phase("fold-0") as phase:
            for step in (1, 2):
                phase.metrics({"train/loss": 1 / step, "broken": float("nan")}, step)
            phase.pictures((probabilities > 0.4).astype(np.int64), probabilities)
        with pytest.raises(KeyboardInterrupt):
            interrupted(tracker)
        with tracker.phase("fold-1") as phase:
            phase.metrics({"train/loss": 2.0}, 2)
        kept = run.folder / "finetuned.pt"
        kept.write_bytes(b"weights")
        tracker.artifact(kept)
    monkeypatch.undo()
    return run


def rows(run: Run, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(run.tracking)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_parameters_are_the_flattened_configuration(run: Run) -> None:
    found = dict(rows(run, "select key, value from params"))
    assert found == flattened(Settings())
    assert found["inner.head_dim"] == "256"
    assert found["strategy"] == "gradual"


def test_curves_are_kept_by_step_without_non_finite_values(run: Run) -> None:
    found = rows(
        run,
        "select step, value from metrics join runs using (run_uuid) where name = 'fold-0' order by step",
    )
    assert found == [(1, 1.0), (2, 0.5)]
    assert rows(run, "select count(*) from metrics where key = 'broken'") == [(0,)]


def test_a_command_is_tagged_with_commit_and_data(run: Run) -> None:
    found = rows(run, "select tags.key, value from tags join runs using (run_uuid) where name = 'finetune'")
    tags = dict(found)
    assert tags["git_commit"] == "c0ffee"
    assert tags["data_sha256"] == "abc"


def test_phases_are_nested_and_an_interrupted_one_is_marked(run: Run) -> None:
    (parent,) = rows(run, "select run_uuid, status from runs where name = 'finetune'")
    assert parent[1] == "FINISHED"
    nested = rows(
        run,
        "select name, status, value from runs join tags using (run_uuid) "
        "where tags.key = 'mlflow.parentRunId' order by name, status",
    )
    assert nested == [
        ("fold-0", "FINISHED", parent[0]),
        ("fold-1", "FAILED", parent[0]),
        ("fold-1", "FINISHED", parent[0]),
    ]


def test_pictures_and_files_are_in_the_run_folder(run: Run) -> None:
    files = {path.name: path for path in (run.folder / "artifacts").rglob("*") if path.is_file()}
    assert set(files) == {"confusion.png", "reliability.png", "finetuned.pt"}
    for name in ("confusion.png", "reliability.png"):
        assert files[name].read_bytes().startswith(b"\x89PNG")
    assert files["finetuned.pt"].read_bytes() == b"weights"


def test_nothing_but_the_settings_is_written_when_tracking_is_off(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with tracked(run, "finetune", Settings()) as tracker, tracker.phase("y") as phase:
        phase.metrics({"a": 1.0}, 0)
        phase.pictures(np.array([0, 1]), np.array([0.2, 0.8]))
        phase.artifact(run.settings)
    assert list(tmp_path.iterdir()) == [run.settings]
