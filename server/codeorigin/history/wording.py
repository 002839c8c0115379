"""Sentences about a history."""

from dataclasses import astuple

from codeorigin.history.results import CommitResult
from codeorigin.history.totals import Share, Totals
from codeorigin.model.verdict import Band
from codeorigin.report.figures import counted, parts_percent

NOT_BY_AUTHOR = (
    "Nothing here is by author, and no names or addresses are kept: a verdict is an estimate about text, wrong for some "
    "people's style more often than for others', and no basis for judging anybody."
)
LINES = (
    "Lines are those that commits added or rewrote in functions with a verdict, blank ones left out, each in the band "
    "of its function as it stood after the commit."
)

DECLARED_LINES = (
    "What is declared is a fact about a record, the share in the band llm an estimate; lines that are untracked or have "
    "no record are not a person's for that."
)
DISAGREE = (
    "Functions that a commit wrote, from December 2022 on where nothing is declared. A question for who knows the code: "
    "records can be wrong or missing, and so can estimates. The commits with the most of them:"
)
DECLARED_COLUMNS = ("by lines", "by commits", "agent and person", "known person", "untracked", "no record")
"""Headings of :func:`declared_percents`; the first two are agents' lines, by the strength of the record."""
_DECLARED_PARTS = (
    "an agent's by records of lines",
    "an agent's by commits that name it",
    "an agent's and a person's",
    "a known person's",
    "untracked",
    "without a record",
)

_REASONS = {
    "too_few_functions": "too few",
    "merge": "a merge",
    "no_rule": "no rule",
}


def commit_phrase(result: CommitResult) -> str:
    """The band of a commit, or why there is none."""
    if result.band is not None:
        return result.band.value
    return _REASONS.get(result.reason or "", "no verdict")


def percents(share: Share) -> dict[str, str]:
    """The share of the lines in each band; together they are 100 %."""
    return dict(zip(map(str, Band), parts_percent([share.bands[band] for band in Band]), strict=True))


def agents_percent(share: Share) -> str:
    """How much of the lines a record declares as an agent's."""
    agents = share.declared_lines.agents
    return parts_percent([agents, share.lines - agents])[0]


def declared_percents(share: Share) -> list[str]:
    """The share of the lines by what is declared, in the order of :data:`DECLARED_COLUMNS`; together they are 100 %."""
    return parts_percent([*astuple(share.declared_lines), share.undeclared])


def declared_lines_phrase(share: Share) -> str | None:
    """``Declared of these lines: 12 % an agent's by records of lines, 88 % without a record.``; None without any."""
    if not share.declared_lines:
        return None
    counts = [*astuple(share.declared_lines), share.undeclared]
    parts = zip(counts, declared_percents(share), _DECLARED_PARTS, strict=True)
    listed = ", ".join(f"{text} {what}" for count, text, what in parts if count)
    return f"Declared of these lines: {listed}. {DECLARED_LINES}"


def declared_phrase(totals: Totals) -> str | None:
    """What commits declare about themselves; None if they declare nothing."""
    if not totals.declared:
        return None
    named = ", ".join(f"{agent} in {count:,}" for agent, count in sorted(totals.declared.items()))
    return f"Declared by commits: {named}. This is a fact about the commits, not part of the estimate."


def repaired_phrase(entries: int) -> str:
    """A note on damaged entries of the state that were rebuilt."""
    verb = "was" if entries == 1 else "were"
    return f"{counted(entries, 'damaged part')} of the kept state {verb} made again"


def totals_phrases(totals: Totals, merges: int, cut_off: int) -> list[str]:
    """The totals, one sentence each, without what commits declare about themselves."""
    bands = ", ".join(f"{count:,} {band.value}" for band, count in totals.commit_bands.items())
    judged = f"{totals.judged:,} with a verdict of their own ({bands})"
    phrases = [f"{counted(totals.commits, 'commit')}, {judged}; {counted(merges, 'merge')} left out."]
    lines = ", ".join(f"{text} {band}" for band, text in percents(totals.all).items())
    phrases.append(
        f"{counted(totals.all.lines, 'line')} in {counted(totals.all.functions, 'function')}: {lines}."
    )
    if totals.moved:
        phrases.append(f"{totals.moved:,} moved by their commits, not counted.")
    if totals.moves_unknown:
        large = counted(totals.moves_unknown, "commit")
        phrases.append(f"{large} too large to tell which functions were only moved; all count as written.")
    if cut_off:
        phrases.append(
            f"{counted(cut_off, 'commit')} left out, because this clone is shallow and lacks what stood before."
        )
    if totals.unread:
        phrases.append(f"{counted(totals.unread, 'file version')} could not be read as text.")
    return phrases
