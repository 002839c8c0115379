import gc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import codeorigin.cli.workers
from codeorigin.cli.check import CheckOptions, check
from codeorigin.cli.file_checks import FileCheck
from codeorigin.cli.inputs import Source
from codeorigin.collector import rare_collections

RARE = 100_000


def test_cycle_collection_is_rare_and_restored_afterwards() -> None:
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() == (RARE, *before[1:])
    assert gc.get_threshold() == before


def test_check_collects_cycles_rarely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    run = codeorigin.cli.workers.check_alone

    def noting(sources: Sequence[Source], how: FileCheck) -> Iterator[object]:
        seen.append(gc.get_threshold()[0])
        return run(sources, how)

    monkeypatch.setattr(codeorigin.cli.workers, "check_alone", noting)
    (tmp_path / "a.py").write_text("def f(a):\n    return a\n")
    assert len(check(CheckOptions([str(tmp_path)])).files) == 1
    assert seen == [RARE]
