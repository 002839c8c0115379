"""The one way from sources to judged functions, and a change."""

from dataclasses import replace
from functools import partial

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How, JudgedFile, Source
from codeorigin.analysis.judged_files import judged_change, judged_files
from codeorigin.core.errors import SourceError
from codeorigin.git.moved_lines import MovedLines
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.verdict import Band, Limits, Reason
from support.notebooks import notebook
from support.repositories import plain_functions

TWO = plain_functions("first", "second")
"""``first`` has lines 1 to 6, ``second`` lines 9 to 14; none is blank."""


def source(text: str = TWO, path: str = "a.py", language: str = "python", **more: object) -> Source:
    return Source(path, language, lambda: text, **more)  # type: ignore[arg-type]


def judged(analyzer: Analyzer, *sources: Source, how: How | None = None) -> list[JudgedFile]:
    return list(judged_files(sources, analyzer, how or How()))


def unreadable(text: str) -> str:
    raise SourceError(text)


def test_files_come_in_order_and_an_error_is_that_of_its_file(analyzer: Analyzer) -> None:
    sources = [
        replace(source(path="0.py"), read=partial(unreadable, "is binary")),
        source(path="1.py"),
        source("{", "2.ipynb", "notebook"),
        replace(source(path="3.py"), read=lambda: str(1 / 0)),
        source(path="4.py"),
        replace(source(path="5.py"), read=partial(unreadable, "is gone")),
    ]
    found = judged(analyzer, *sources)
    assert [file.path for file in found] == [given.path for given in sources]
    kinds = [SourceError, None, SourceError, ZeroDivisionError, None, SourceError]
    assert [file.error and type(file.error) for file in found] == kinds
    assert [[function.span.name for function in file.functions] for file in found if not file.error] == [
        ["first", "second"],
        ["first", "second"],
    ]


def test_text_is_kept_on_demand(analyzer: Analyzer) -> None:
    (plain,) = judged(analyzer, source())
    (whole,) = judged(analyzer, source(), how=How(keep_text=True))
    assert (plain.text, whole.text) == (None, TWO)
    assert [function.lines for function in plain.functions] == [None, None]
    assert [function.counted for function in plain.functions] == [6, 6]


@pytest.mark.parametrize(
    ("changed", "moved", "expected"),
    [
        (((3, 3),), None, {"first": (1, False, False)}),
        (((1, 6), (11, 12)), None, {"first": (6, False, True), "second": (2, False, False)}),
        (((1, 14),), MovedLines((1, 2, 3, 4, 5, 6)), {"first": (6, True, False), "second": (6, False, True)}),
        ((), None, {}),
    ],
)
def test_a_change_touches_moves_or_writes_functions(
    analyzer: Analyzer,
    changed: tuple[tuple[int, int], ...],
    moved: MovedLines | None,
    expected: dict[str, tuple[int, bool, bool]],
) -> None:
    (file,) = judged(analyzer, source(changed=changed, moved=moved))
    assert (len(file.functions), file.verdict, file.changed) == (2, None, changed)
    judge = Judge(analyzer.bundle.calibration)
    _, (left,) = judged_change([file], judge, file_context=True)
    assert {
        function.span.name: (function.counted, function.moved, function.written)
        for function in left.functions
    } == expected
    assert [function.verdict.reason is Reason.MOVED for function in left.functions] == [
        function.moved for function in left.functions
    ]


def test_changed_lines_are_shown_as_editors_count_them(analyzer: Analyzer) -> None:
    (file,) = judged(analyzer, source(f"x = 1\ry = 2\r\n{TWO}", changed=((2, 3),)))
    assert file.changed == ((3, 4),)
    assert [function.counted for function in file.functions] == [2, 0]


@pytest.mark.parametrize(
    ("cells", "changed", "expected"),
    [
        ((TWO, "x = 1\n", TWO), None, [(1, 2), (3, 2)]),
        (("x = 1\n",), None, [(None, 0)]),
    ],
)
def test_a_notebook_gives_its_cells_with_functions(
    analyzer: Analyzer,
    cells: tuple[str, ...],
    changed: tuple[tuple[int, int], ...] | None,
    expected: list[tuple[int | None, int]],
) -> None:
    found = judged(analyzer, source(notebook(*cells), "a.ipynb", "notebook", changed=changed))
    assert [(file.cell_number, len(file.functions)) for file in found] == expected
    assert found[0].shown == ("a.ipynb" if expected[0][0] is None else "a.ipynb:cell 1")


def test_limits_and_accepted_findings_decide_what_is_a_finding(analyzer: Analyzer) -> None:
    (file,) = judged(analyzer, source())
    first, second = file.functions
    for threshold, findings in ((0.0, [False, True]), (1.0, [False, False])):
        given = [
            function.within(Limits(threshold), frozenset({first.function_id})) for function in file.functions
        ]
        assert [function.is_finding for function in given] == findings
    assert first.within(Limits(), frozenset()) is first
    accepted = first.within(Limits(0.0), frozenset({first.function_id}))
    assert (accepted.verdict.band, accepted.accepted) == (Band.LLM, True)
    assert not second.within(Limits(0.0), frozenset({first.function_id})).accepted
