"""Sentences about a history."""

from codeorigin.history.totals import Share, Totals
from codeorigin.model.verdict import Band
from codeorigin.report.figures import counted, parts_percent
from codeorigin.report.functions import BAND_NAMES

NOT_BY_AUTHOR = (
    "Nothing here is by author, and no names or addresses are kept: a verdict is an estimate about text, wrong for some "
    "people's style more often than for others', and no basis for judging anybody."
)
LINES = (
    "Lines are those that commits added or rewrote in functions with a verdict, blank ones left out, each with the "
    "verdict of its function as it stood after the commit."
)


def percents(share: Share) -> dict[Band, str]:
    """The share of the lines in each band; together they are 100 %."""
    return dict(zip(Band, parts_percent([share.bands[band] for band in Band]), strict=True))


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


def partial_phrase(commits: int) -> str:
    """A note on commits with files that the time of a run did not suffice for."""
    verb, them = ("has", "it") if commits == 1 else ("have", "them")
    return (
        f"{counted(commits, 'commit')} {verb} files that take too much time to read for one run; the same command "
        f"judges {them} again"
    )


def totals_phrases(totals: Totals, merges: int, cut_off: int) -> list[str]:
    """The totals, one sentence each, without what commits declare about themselves."""
    bands = ", ".join(f"{count:,} {BAND_NAMES[band]}" for band, count in totals.commit_bands.items())
    judged = f"{totals.judged:,} with a verdict of their own ({bands})"
    left_out = f"; {counted(merges, 'merge')} left out" if merges else ""
    phrases = [f"{counted(totals.commits, 'commit')}, {judged}{left_out}."]
    lines = ", ".join(f"{text} {BAND_NAMES[band]}" for band, text in percents(totals.all).items())
    phrases.append(
        f"{counted(totals.all.lines, 'line')} in {counted(totals.all.functions, 'function')}: {lines}."
    )
    if cut_off:
        phrases.append(
            f"{counted(cut_off, 'commit')} left out, because this clone is shallow and lacks what stood before."
        )
    if totals.moved:
        phrases.append(f"{totals.moved:,} moved by their commits, not counted.")
    if totals.moves_unknown:
        large = counted(totals.moves_unknown, "commit")
        phrases.append(f"{large} too large to tell which functions were only moved; all count as written.")
    if totals.unread:
        phrases.append(f"{counted(totals.unread, 'file version')} could not be read as text.")
    return phrases
