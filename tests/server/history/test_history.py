"""What commits wrote, and how it is judged."""

from pathlib import Path

import pytest

from support.histories import Judge, OpenRun
from support.repositories import Repository
from support.tiny_model import COMMIT_RULE


def test_every_commit_is_judged_by_what_it_wrote(repository: Repository, judge: Judge) -> None:
    third, second, first = judge(repository.folder)
    assert [each.seconds for each in (first, third)] == [1577880000, 1580731200]
    assert (first.functions, first.written, first.lines, first.reason) == (2, 2, 12, None)
    assert (second.functions, second.written, second.lines, second.reason) == (1, 0, 1, "too_few_functions")
    assert (second.logit, second.probability, second.band) == (None, None, None)
    assert (third.functions, third.written, third.lines) == (3, 3, 18)
    assert third.probability == pytest.approx(COMMIT_RULE.scale.probability(third.logit or 0.0))
    (part,) = third.parts
    assert (part.folder, part.language, part.functions) == ("lib", "python", 3)
    assert part.human + part.unsure + part.llm == 18
    assert [each.declared for each in (first, second, third)] == [(), (), ("claude",)]


def test_several_processes_give_the_same_results(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    assert judge(repository.folder, jobs=2, state=tmp_path / "other.sqlite") == judge(repository.folder)


def test_details_show_the_lines_of_written_functions(repository: Repository, open_run: OpenRun) -> None:
    with open_run(repository.folder) as opened:
        third, second, _ = list(opened.results())
        whole, one = list(opened.details([third, second]))
    assert {each.name for each in whole.functions} == {"three", "four", "five"}
    assert all(each.written for each in whole.functions)
    for function in whole.functions:
        assert len(function.lines) == 6
        assert all(line.changed for line in function.lines)
        assert function.lines[0].text == f"def {function.name}(values, limit):"
        assert any(line.value for line in function.lines)
    (touched,) = one.functions
    assert [line.changed for line in touched.lines] == [False, True, False, False, False, False]
    assert touched.verdict.commit_evidence is None
