"""A change that was checked, and sentences about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.model.verdict import PooledReason, PooledVerdict
from codeorigin.records.record import RecordSource
from codeorigin.report.figures import counted, probability_decimal
from codeorigin.report.shares import shares_sentence
from codeorigin.report.verdicts import BAND_NAMES

_SHORT = 10
MOVES_UNKNOWN = "the change is too large to tell which functions it only moved; all count as written by it"
MOST_NAMES = 10
"""Of moved functions that a sentence lists."""


@dataclass(frozen=True, slots=True)
class DeclaredAgent:
    """An AI agent that a record about a commit names, the kind of record, and its model if that is recorded."""

    commit: str
    agent: str
    how: RecordSource
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """The change that was analysed.

    ``kind`` is ``working_tree``, ``index``, ``range`` or ``commit``; ``revision`` is the base or the commit as it was
    requested. ``old`` and ``new`` are commit names; None before the first commit, and for the working tree and the
    index. ``parents`` is a commit's number of parents. ``declared`` are the agents that the commits themselves name,
    which is a fact and not an estimate; None if this was not checked. ``verdict`` is the verdict on the functions that
    the change wrote, taken together; None if the model has no rule for commits. ``tells_moves`` is False if the change
    is too large to tell which functions it moved.
    """

    kind: str
    revision: str | None
    old: str | None
    new: str | None
    parents: int = 0
    declared: tuple[DeclaredAgent, ...] | None = None
    verdict: PooledVerdict | None = None
    tells_moves: bool = True


def change_phrase(change: ChangeReport) -> str:
    """What was compared with what: ``the index against HEAD``."""
    match change.kind:
        case "working_tree" | "index":
            what = "the working tree" if change.kind == "working_tree" else "the index"
            return f"{what} against HEAD" if change.old else f"{what}, before the first commit"
        case "range":
            named = change.revision or ""
            shown = named if ".." in named else f"{named}...HEAD"
            return f"{shown}, from {(change.old or '')[:_SHORT]} to {(change.new or '')[:_SHORT]}"
        case _:
            commit = f"commit {(change.new or '')[:_SHORT]}"
            if change.old is None:
                return f"{commit}, the first one"
            return f"{commit}, a merge, against its first parent" if change.parents > 1 else commit


def scope_sentence(change: ChangeReport) -> str:
    """The line of a report that says what was checked."""
    return f"Only functions with changed lines: {change_phrase(change)}."


def nothing_changed(change: ChangeReport) -> str:
    """The message shown instead of results if no file of the change is checked."""
    return f"nothing to check: {change_phrase(change)} changes no source file of a supported language here"


def verdict_sentence(change: ChangeReport) -> str | None:
    """The verdict on the change as a whole; None if the model has no rule for commits.

    ``The change as a whole, 7 functions that it wrote: 0.93, likely LLM. 8 in 1,000 human-written Go commits score
    this high.``
    """
    verdict = change.verdict
    if verdict is None:
        return None
    if verdict.probability is None:
        if verdict.reason is PooledReason.MERGE:
            return "No verdict on the change as a whole: a merge combines what many commits wrote."
        return (
            "No verdict on the change as a whole: it wrote too few functions with a verdict from their first line "
            f"to their last ({verdict.functions:,})."
        )
    said = "no verdict" if verdict.band is None else BAND_NAMES[verdict.band]
    sentence = (
        f"The change as a whole, {counted(verdict.functions, 'function')} that it wrote: "
        f"{probability_decimal(verdict.probability)}, {said}"
    )
    return " ".join(filter(None, [f"{sentence}.", shares_sentence(verdict, "commits")]))


def moved_sentence(change: ChangeReport, names: Sequence[str]) -> str | None:
    """The functions that a change moved: ``3 moved, not written by this change: ...``; None without any."""
    if not change.tells_moves:
        return f"{MOVES_UNKNOWN[0].upper()}{MOVES_UNKNOWN[1:]}."
    if not names:
        return None
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    listed = ", ".join(names[:MOST_NAMES])
    return f"{len(names):,} moved, not written by this change and not judged: {listed}{more}."


def _how_declared(declared_agent: DeclaredAgent) -> tuple[str, str]:
    """What one commit does, and what several do, that have this record."""
    match declared_agent.how:
        case RecordSource.AUTHOR:
            return (
                f"names {declared_agent.agent} as its author",
                f"name {declared_agent.agent} as their author",
            )
        case RecordSource.TRAILER:
            return f"names {declared_agent.agent} in a trailer", f"name {declared_agent.agent} in a trailer"
        case _:
            model = (
                f", {declared_agent.model}"
                if declared_agent.model not in {None, declared_agent.agent}
                else ""
            )
            lines = f"lines by {declared_agent.agent}{model} ({declared_agent.how})"
            return f"has {lines}", f"have {lines}"


def declared_sentence(change: ChangeReport) -> str | None:
    """What the commits declare about themselves: ``Declared: commit 0123456789 names claude in a trailer.``

    Several commits that declare the same are counted. None if they declare nothing or were not checked for it.
    """
    if not change.declared:
        return None
    commits: dict[tuple[str, str], list[str]] = {}
    for agent in change.declared:
        commits.setdefault(_how_declared(agent), []).append(agent.commit[:_SHORT])
    said = [
        f"commit {found[0]} {one}" if len(found) == 1 else f"{len(found):,} commits {several}"
        for (one, several), found in commits.items()
    ]
    about = "the commit" if len({agent.commit for agent in change.declared}) == 1 else "the commits"
    return f"Declared: {'; '.join(said)}. This is a fact about {about}, not part of the estimate."
