import gc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import codeorigin.check.workers
from codeorigin.check.file_checks import FileCheck
from codeorigin.check.inputs import Source
from codeorigin.check.run import CheckOptions, check
from codeorigin.collector import rare_collections

RARE = 100_000


def test_cycle_collection_is_rare_and_restored_afterwards() -> None:
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() == (RARE, *before[1:])
    assert gc.get_threshold() == before


def test_check_collects_cycles_rarely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    run = codeorigin.check.workers.check_alone

    def noting(sources: Sequence[Source], how: FileCheck) -> Iterator[object]:
        seen.append(gc.get_threshold()[0])
        return run(sources, how)

    monkeypatch.setattr(codeorigin.check.workers, "check_alone", noting)
    (tmp_path / "a.py").write_text("def f(a):\n    return a\n")
    assert len(check(CheckOptions([str(tmp_path)])).files) == 1
    assert seen == [RARE]
