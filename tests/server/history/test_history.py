"""What commits wrote, and how it is judged."""

from pathlib import Path

import pytest

from codeorigin.git import moved_lines
from support.histories import Judge, OpenRun
from support.repositories import Repository, plain_functions
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


def test_moved_functions_are_named_and_counted_apart(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    new = plain_functions("one", "two", "new")
    repository.commit(
        {"src/a.py": "# Empty.\n", "lib/c.py": new.replace("[]", "list()", 1)}, date="2020-03-01"
    )
    newest, again = (judge(repository.folder)[0] for _ in range(2))
    # Of the three functions, two stood in a.py; the lines of each count once.
    assert (newest.moved, newest.moved_names, newest.functions, newest.lines) == (2, ("one", "two"), 1, 6)
    assert again == newest
    monkeypatch.setattr(moved_lines, "MAX_BYTES", 10)
    too_large = judge(repository.folder, state=tmp_path / "other.sqlite")[0]
    assert (too_large.moved, too_large.functions) == (None, 3)


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
