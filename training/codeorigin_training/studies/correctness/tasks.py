"""The tests of the tasks, and how answers are run against them in the sandbox."""

import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from codeorigin_training.studies.correctness.sandbox import (
    Outcome,
    SandboxLimits,
    python_command,
    run_isolated,
)

LANGUAGES = ("python", "javascript")
_NODE_LIMITS = {"processes": 40, "megabytes": 512, "mapped": 1 << 24}
"""Node starts a dozen threads, allocates its heap in large pieces and reserves address space that it never uses;
JavaScript itself cannot map further shared memory."""
_PATIENCE = 12.0
"""Wall-clock seconds per CPU second, so that an answer does not fail because the machine is busy."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the possible ``names`` of its function, and ``cases`` of arguments and result."""

    name: str
    names: tuple[str, ...]
    cases: tuple[tuple[list[Any], Any], ...]
    references: Mapping[str, str]


@cache
def tasks() -> dict[str, Task]:
    """The tasks by the suffix of their answers' group in ``snippets.parquet``."""
    text = resources.files(__package__).joinpath("tasks.toml").read_text(encoding="utf-8")
    found: dict[str, Task] = {}
    for name, entry in tomllib.loads(text).items():
        cases = tuple((given, result) for given, result in map(json.loads, entry["cases"]))
        references = {language: entry[language].strip() for language in LANGUAGES}
        task = Task(name, tuple(entry["names"]), cases, references)
        found.update(dict.fromkeys(entry["groups"], task))
    return found


def task_of(group: str) -> Task | None:
    """The task that a snippet's ``group`` belongs to; None if there are no tests."""
    return next((task for end, task in tasks().items() if group.endswith(end)), None)


def runnable_languages() -> tuple[str, ...]:
    """Python, and JavaScript if Node is installed."""
    return LANGUAGES if shutil.which("node") else LANGUAGES[:1]


def passes(task: Task, code: str, language: str, seconds: float) -> bool:
    """Whether ``code`` returns the expected result of every case within ``seconds`` of CPU time.

    Raises:
        SandboxError: this system cannot isolate a program.
    """
    given = {"names": list(task.names), "cases": [arguments for arguments, _ in task.cases]}
    clock = _PATIENCE * seconds
    if language == "python":
        name, command, limits = (
            "harness.py",
            python_command("harness.py"),
            SandboxLimits(seconds, clock=clock),
        )
    else:
        name, limits = "harness.js", SandboxLimits(seconds, clock=clock, **_NODE_LIMITS)
        command = [shutil.which("node") or "node", "--max-old-space-size=128", "harness.js"]
    harness = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    files = {name: harness, "task.json": json.dumps(given), "answer.txt": code}
    ran = run_isolated(command, files, limits)
    if ran.outcome is not Outcome.DONE:
        return False
    try:
        results = json.loads(ran.output)
    except ValueError:
        return False
    return (
        isinstance(results, list)
        and len(results) == len(task.cases)
        and all(
            isinstance(result, list) and len(result) == 1 and same(result[0], expected)
            for result, (_, expected) in zip(results, task.cases, strict=True)
        )
    )


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; numbers are compared by value, and true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and not isinstance(left, str):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
