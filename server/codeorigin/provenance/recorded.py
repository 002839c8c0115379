"""Who wrote a function, by what is recorded about its lines or by their dates."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeorigin.functions.function_lines import FunctionLines
from codeorigin.git.blame import LineOrigin
from codeorigin.git.repository import Repository
from codeorigin.past.commit import HUMAN_UNTIL
from codeorigin.records.rates import Provenance
from codeorigin.records.record import Record, Strength, WrittenBy

MODERN_FROM = 1_609_459_200
"""2021-01-01 in seconds since 1970: people's code from then until December 2022 is most like today's."""
_STRENGTHS = list(Strength)


@dataclass(frozen=True, slots=True)
class FunctionOrigin:
    """Who wrote all lines of a function, by records, or by dates from before LLMs wrote code.

    ``commit`` wrote most of the lines. ``tool``, ``model`` and ``source`` are None where the lines differ;
    ``strength`` is that of the weakest record.
    """

    kind: Provenance
    commit: str
    source: str | None = None
    tool: str | None = None
    model: str | None = None
    strength: Strength | None = None


def function_origin(
    lines: FunctionLines,
    origins: Sequence[LineOrigin],
    records: Sequence[Record | None],
    seconds: Callable[[str], int | None],
) -> FunctionOrigin | None:
    """Who wrote a function; None if its lines differ in that, or if nothing is known of one of them.

    Args:
        lines: the lines of the function in its file.
        origins: the origin of each line of the file.
        records: what is recorded about each of them.
        seconds: the time of a commit; None if it is not known.
    """
    telling = lines.telling()
    if not telling or telling[-1] > len(origins):
        return None
    commits = Counter(origins[line - 1].commit for line in telling)
    commit = commits.most_common(1)[0][0]
    known = [record for line in telling if (record := records[line - 1]) is not None and not record.is_stale]
    if len(known) < len(telling):
        # A person's code from before LLMs has no record at all.
        if any(records[line - 1] is not None for line in telling):
            return None
        times = [seconds(commit) for commit in commits]
        last = max((time for time in times if time is not None), default=None)
        if last is None or None in times or last >= HUMAN_UNTIL:
            return None
        return FunctionOrigin(Provenance.MODERN if last >= MODERN_FROM else Provenance.OLD, commit)
    by = {record.by for record in known}
    if by not in ({WrittenBy.AGENT}, {WrittenBy.PERSON}):
        return None
    return FunctionOrigin(
        Provenance.AGENT if by == {WrittenBy.AGENT} else Provenance.PERSON,
        commit,
        _common([record.source.value for record in known]),
        _common([record.tool for record in known]),
        _common([record.model for record in known]),
        max((record.strength for record in known), key=_STRENGTHS.index),
    )


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def commit_times(repository: Repository, head: str) -> dict[str, int]:
    """The committer times of the commits below ``head``, in seconds since 1970, but not of those where a clone ends."""
    boundary = repository.boundary()
    return {commit.id: commit.seconds for commit in repository.log(head) if commit.id not in boundary}
