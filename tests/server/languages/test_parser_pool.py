"""Texts are parsed in a process that is limited in time and memory, and whose death costs one file alone."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How, Source, UnparsedError
from codeorigin.analysis.judged_files import judged_files
from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import Outline, outline
from codeorigin.languages import LANGUAGES, get_language, parse_budget, parser_pool
from codeorigin.languages.find_constructs import character_constructs
from codeorigin.languages.parse import parse
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput, one_run
from codeorigin.languages.parser_pool import bounded, bounded_all
from codeorigin.model.verdict import PooledReason
from support import parser_work
from support.notebooks import notebook

Processes = list[parser_pool._ParserProcess]

PYTHON = get_language("python")
FUNCTIONS = "".join(f"def f{number}(x):\n    return x\n" for number in range(2_000))
HOPELESS = "/*\n" * 3_000
"""Python that takes the parser a memory that grows with the square of its size."""
ENDLESS = 'R"x(' * 100_000
"""C++ that takes it a time that grows like that."""


def with_comments(count: int) -> str:
    """Python code where the grammar's scanner looks ahead, at every comment, over all that follow."""
    return "def f(x):\n" + ("    # " + "word " * 40 + "\n") * count + "    return x\n"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """New processes, which can import the work that they are given here."""
    started: Processes = []
    monkeypatch.setattr(parser_pool, "_idle", started)
    monkeypatch.setattr(parser_pool, "_servers", [])
    monkeypatch.setattr(parser_pool, "_loaded", set())
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    yield started
    parser_pool.end_all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_large_text_gives_the_same_result_as_a_small_one(language: str) -> None:
    known = get_language(language)
    comment = f"{known.line_comment} \u00e9\u00e9\u00e9 \U0001d499 {'x' * 60}\n"
    small, large = parse(comment, known), parse(comment * 1_000, known)
    assert large.data == (comment * 1_000).encode()
    size = len(comment.encode())
    assert small.comments == {0: size - 1}
    assert set(large.comments) == {number * size for number in range(1_000)} or len(large.comments) == 1
    assert character_constructs(comment * 100, language).tolist() == (
        character_constructs(comment, language).tolist() * 100
    )


def test_texts_are_parsed_in_another_process(processes: Processes) -> None:
    assert bounded(parser_work.process_of, "x", "python") != os.getpid()


def test_process_is_used_again(processes: Processes) -> None:
    process = bounded(parser_work.process_of, "x", "python")
    assert bounded(parser_work.process_of, "x", "python") == process


@pytest.mark.parametrize("can_fork", [True, False])
def test_text_that_kills_the_process_is_an_error_and_the_next_one_is_parsed(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, can_fork: bool
) -> None:
    monkeypatch.setattr(parser_pool, "CAN_FORK", can_fork)
    with pytest.raises(ParseBudgetError):
        bounded(parser_work.die, "x", "python")
    assert len(parse(FUNCTIONS, PYTHON).functions) == 2_000


def test_text_that_takes_too_much_memory_is_an_error_and_the_next_one_is_parsed(processes: Processes) -> None:
    with pytest.raises(ParseBudgetError):
        bounded(parser_work.use_memory, "x" * 5_000, "python")
    assert len(parse(FUNCTIONS, PYTHON).functions) == 2_000


def test_process_that_has_taken_much_memory_is_replaced(processes: Processes) -> None:
    before = bounded(parser_work.process_of, "x", "python")
    assert bounded(parser_work.use_some_memory, "x" * 500_000, "python") > 256 << 20
    assert bounded(parser_work.process_of, "x", "python") != before


def test_what_a_parser_prints_is_no_answer(processes: Processes) -> None:
    assert bounded(parser_work.write, "x", "python") == "written"


@pytest.mark.parametrize("work", [parser_work.die_of_d, parser_work.use_memory_of_d])
def test_text_that_is_too_much_leaves_the_others_of_its_batch_as_they_are(
    processes: Processes, work: Callable[[str, str], str]
) -> None:
    texts = [ParserInput.of(text, "python") for text in ("a", "d", "b", "d", "d", "c")]
    found = bounded_all(work, texts)
    assert [each if isinstance(each, str) else type(each) for each in found] == [
        *("A", ParseBudgetError, "B", ParseBudgetError, ParseBudgetError, "C")
    ]


def test_texts_after_one_that_has_taken_much_memory_get_a_new_process(processes: Processes) -> None:
    texts = [ParserInput.of("x" * size, "python") for size in (1, 500_000, 1, 1)]
    first, large, *rest = bounded_all(parser_work.use_some_memory_and_tell, texts)
    assert first == large != rest[0] == rest[1]


def test_hard_texts_of_a_run_share_its_time_and_the_others_cost_nothing(processes: Processes) -> None:
    run = Budget(seconds=0.3)
    hard, easy = (ParserInput("x", "python", 3.0, usual) for usual in (0.01, 10.0))
    with one_run(run):
        in_time = [
            not isinstance(found, Exception) for found in bounded_all(parser_work.take_time, [hard] * 15)
        ]
        assert in_time == sorted(in_time, reverse=True)
        assert 1 < sum(in_time) <= 8
        assert -0.5 * 14 < run.seconds < 0.0
        assert bounded_all(parser_work.take_time, [easy] * 15) == [None] * 15
        run.draw(1e3)
        assert [type(found) for found in bounded_all(parser_work.take_time, [easy, hard])] == [
            ParseBudgetError
        ] * 2


def test_calls_outside_of_a_run_share_one_budget(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_budget, "_outside", Budget(seconds=0.3))
    in_time = 0
    for _ in range(15):
        (found,) = bounded_all(parser_work.take_time, [ParserInput("x", "python", 3.0, 0.01)])
        in_time += not isinstance(found, Exception)
    assert 1 < in_time <= 8


@pytest.mark.parametrize("work", [parser_work.never_end, parser_work.use_memory])
def test_texts_that_are_given_up_end_their_run(processes: Processes, work: Callable[[str, str], Any]) -> None:
    run = Budget(seconds=0.0)
    with one_run(run):
        found = bounded_all(work, [ParserInput("x" * 5_000, "python", 3.0, 0.2)] * 3)
    assert [type(each) for each in found] == [ParseBudgetError] * 3
    assert run.seconds <= -3 * 0.2


def test_texts_after_a_hundred_that_kill_their_process_are_parsed(processes: Processes) -> None:
    with one_run(Budget(seconds=0.0)):
        texts = [ParserInput.of(text, "python") for text in [*"d" * 100, "a"]]
        *killed, last = bounded_all(parser_work.die_of_d, texts)
    assert {type(found) for found in killed} == {ParseBudgetError}
    assert last == "A"


def test_batch_is_not_read_on_after_it_was_cancelled(processes: Processes) -> None:
    token = CancelToken()
    threading.Timer(0.2, token.cancel).start()
    with pytest.raises(Cancelled):
        bounded_all(parser_work.take_time, [ParserInput.of("x", "python")] * 1_000, token)
    assert not processes


def test_error_in_the_process_is_raised_here(processes: Processes) -> None:
    with pytest.raises(ValueError, match="no python"):
        bounded(parser_work.fail, "x", "python")


def test_process_that_was_killed_between_two_texts_is_replaced(processes: Processes) -> None:
    gone = bounded(parser_work.process_of, "x", "python")
    os.kill(gone, signal.SIGKILL)
    assert bounded(parser_work.process_of, "x", "python") != gone


def test_process_that_cannot_be_started_is_an_error_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_pool, "_idle", [])
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(CodeOriginError, match=r"check that /nowhere/python can run codeorigin"):
        bounded(parser_work.process_of, "x", "python")


def test_each_thread_has_a_process_of_its_own(processes: Processes) -> None:
    together = threading.Barrier(2)
    found: set[int] = set()

    def work() -> None:
        together.wait()
        for _ in range(20):
            found.add(bounded(parser_work.process_of, "x", "python"))
            assert len(parse(FUNCTIONS, PYTHON).functions) == 2_000

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(processes) == 2


def test_text_that_takes_too_long_has_no_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_budget, "SECONDS", 0.5)
    with pytest.raises(ParseBudgetError):
        parse(HOPELESS, PYTHON)
    assert outline(HOPELESS, PYTHON) == Outline((), parsed=False)


def test_text_nested_deeply_is_parsed() -> None:
    """Each term of a sum is nested in the next; a long table is flat."""
    deep = "def f():\n    return " + " + ".join(["'word'"] * 3_000) + "\n"
    large = "def g():\n    return [" + "(1, 2),\n" * 20_000 + "]\n"
    assert [span.name for span in outline(deep + large, PYTHON).functions] == ["f", "g"]
    calls = "function f() { return " + "g(" * 1_000 + ")" * 1_000 + "; }\n"
    found = outline(calls + "const x = [" + "1, " * 40_000 + "];\n", get_language("javascript"))
    assert [span.name for span in found.functions] == ["f"]


def test_text_of_many_pieces_is_parsed() -> None:
    text = "def f(x):\n    return x\n" + "x = (1)\n" * 40_000 + "y = [" + "(1), " * 40_000 + "]\n"
    assert [span.name for span in outline(text, PYTHON).functions] == ["f"]


def test_text_with_many_comments_is_parsed() -> None:
    assert [span.name for span in outline(with_comments(200), PYTHON).functions] == ["f"]
    apart = "".join(f"# {'word ' * 10}\ndef f{number}(x):\n    return x\n" for number in range(8_000))
    assert len(apart) > 600_000
    assert len(outline(apart, PYTHON).functions) == 8_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_comments_at_the_end_of_a_file_hide_no_function(language: str) -> None:
    known = get_language(language)
    code = {
        "python": "def f(x):\n    return x\n",
        "ruby": "def f(x)\n  x\nend\n",
        "go": "package p\nfunc f(x int) int {\n\treturn x\n}\n",
        "rust": "fn f(x: i32) -> i32 {\n    x\n}\n",
        "java": "class A {\n    int f(int x) {\n        return x;\n    }\n}\n",
        "csharp": "class A {\n    int f(int x) {\n        return x;\n    }\n}\n",
        "c": "int f(int x) {\n    return x;\n}\n",
        "cpp": "int f(int x) {\n    return x;\n}\n",
        "php": "<?php\nfunction f($x) {\n    return $x;\n}\n",
    }.get(language, "function f(x) {\n    return x;\n}\n")
    comments = "".join(
        f"{known.line_comment} {number:04} and some more words of a comment\n" for number in range(1_700)
    )
    assert len(code + comments) > 65_536
    assert [span.name for span in outline(code + comments, known).functions] == ["f"]


def test_running_parse_can_be_cancelled() -> None:
    token = CancelToken()
    timer = threading.Timer(0.1, token.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        outline(ENDLESS, get_language("cpp"), cancel=token)


def test_token_that_is_only_asked_can_cancel_too() -> None:
    """A scan gives way to an editor by a token that nobody sets."""

    class Asked(CancelToken):
        asked = 0

        @property
        def cancelled(self) -> bool:
            self.asked += 1
            return self.asked > 1

        def raise_if_cancelled(self) -> None:
            if self.asked > 1:
                raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        outline(ENDLESS, get_language("cpp"), cancel=Asked())


@pytest.mark.parametrize("size", [1, 1_000])
def test_text_is_not_parsed_after_cancellation(size: int) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        outline("def f(): pass\n" * size, PYTHON, cancel=token)


def test_notebook_with_a_cell_that_cannot_be_parsed_says_so(tiny_model_dir: Path) -> None:
    source = Source("a.ipynb", "notebook", lambda: notebook(HOPELESS, FUNCTIONS))
    (file,) = judged_files([source], Analyzer.load(tiny_model_dir), How())
    assert isinstance(file.error, UnparsedError)


def test_document_that_takes_too_much_time_says_why_it_has_no_verdict(
    tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyzer, document = Analyzer.load(tiny_model_dir), Document(FUNCTIONS[:500], "python")
    analyzer.analyze(document).require_parsed()
    monkeypatch.setattr(parse_budget, "SECONDS", 0.0)
    monkeypatch.setattr(parse_budget, "_SECONDS_PER_MILLION", 0.0)
    report = analyzer.analyze(document)
    assert report.functions == ()
    assert report.verdict is not None
    assert (report.verdict.reason, report.verdict.band) == (PooledReason.UNPARSED, None)
    with pytest.raises(CodeOriginError, match="too much time"):
        report.require_parsed()


def test_stopped_process_is_replaced_and_the_text_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_PATIENCE", "_STALLED"):
        monkeypatch.setattr(parser_pool, name, 1e4)
    parser_pool.end_all()
    parse("", PYTHON)
    (stopped,) = parser_pool._idle
    os.kill(stopped.started.pid, signal.SIGSTOP)
    assert [span.name for span in outline("def f(): pass\n", PYTHON).functions] == ["f"]
    assert stopped not in parser_pool._idle
