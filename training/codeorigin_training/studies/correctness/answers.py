"""Published answers to tasks that have tests, and which of them pass."""

import math
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from codeorigin_training.data.readers.snippets import SNIPPETS, read_snippets
from codeorigin_training.data.rows import Row
from codeorigin_training.studies.correctness.sandbox import check_isolation
from codeorigin_training.studies.correctness.tasks import passes, runnable_languages, task_of

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z])", re.IGNORECASE)


def task_in_language(answer: Row) -> str:
    """The unit of an answer: its task in its language."""
    return f"{answer.group} {answer.language}"


def read_answers(data: Path, samples: int) -> list[Row]:
    """At most ``samples`` answers for each task and language with tests and an interpreter.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    known = runnable_languages()
    found: dict[str, list[Row]] = {}
    for answer in read_snippets(data / SNIPPETS, advice="leave this part out with --set run=false"):
        if answer.language in known and task_of(answer.group) is not None:
            inside = found.setdefault(task_in_language(answer), [])
            if len(inside) < samples:
                inside.append(answer)
    return [answer for _, inside in sorted(found.items()) for answer in inside]


def run_answers(
    answers: Sequence[Row], seconds: float, workers: int, log: Callable[[str], None]
) -> list[bool]:
    """Whether each answer passes its task's tests.

    Raises:
        SandboxError: this system cannot isolate a program; none was run.
    """
    check_isolation()

    def judged(answer: Row) -> bool:
        task = task_of(answer.group)
        assert task is not None
        return passes(task, answer.code, answer.language, seconds)

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(judged, answers))
    log(f"{sum(found)} of {len(found)} answers pass")
    return found


_SIZES = {"up to 4 B": 4.0, "5-9 B": 9.0, "10-20 B": 20.0, "over 20 B": math.inf}
SIZES = (*_SIZES, "not said")
"""The classes of :func:`size_of`, in order."""


def size_of(generator: str) -> str:
    """A generator's size class, such as ``5-9 B``, from its name; ``not said`` if the name has no size."""
    match = _SIZE.search(generator.replace("-", " ").replace("_", " "))
    return (
        SIZES[-1] if match is None else next(name for name, most in _SIZES.items() if float(match[1]) <= most)
    )
