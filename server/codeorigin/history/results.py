"""What is known of commits, as plain values without names of people, and their totals, in words too.

The totals are by month, folder and language, and fit into memory for any number of commits.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from codeorigin.model.verdict import Band
from codeorigin.report.figures import counted, parts_percent
from codeorigin.report.verdicts import BAND_NAMES

STANDING_OUT = 24
VERDICT = ("logit", "probability", "band", "reason", "human_share")
"""What is kept of the verdict on a commit, by the names that :class:`PooledVerdict` has for it."""
NOT_BY_AUTHOR = (
    "Nothing here is by author, and no names or addresses are kept: a verdict is an estimate about text, wrong for some "
    "people's style more often than for others', and no basis for judging anybody."
)


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a commit in one folder (``/`` between names, empty for the top) and one language.

    ``functions`` counts the touched functions that have a verdict; ``human``, ``unsure`` and ``llm`` count the commit's
    nonblank lines in them, by band.
    """

    folder: str
    language: str
    functions: int
    human: int
    unsure: int
    llm: int


@dataclass(frozen=True, slots=True)
class TouchedFunction:
    """A function that a commit touched, from line ``first`` to ``last`` of the file, with its verdict in this commit.

    ``written`` means that the commit wrote all its lines, except those with neither a letter nor a digit.
    """

    name: str
    path: str
    first: int
    last: int
    written: bool
    probability: float | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class CommitResult:
    """The result of a commit, without names of people. ``seconds`` is the committer time in seconds since 1970.

    ``written`` counts the functions that the commit wrote, which determine ``logit``, ``probability``, ``band`` and
    ``human_share`` (see :class:`PooledVerdict`); without a verdict there is a ``reason`` instead. ``moved`` counts the
    functions that it only moved, which nothing else counts (None if it is too large to tell). ``skipped`` counts files
    that cannot be read as source.
    ``declared`` lists the agents that it names. ``shown`` has some of the functions, the strongest first, of a commit
    that may stand out. ``is_partial``: a file was given up only because the time of the run was over, so the result is
    not kept and a later run judges the commit again.
    """

    commit: str
    seconds: int
    written: int = 0
    moved: int | None = 0
    logit: float | None = None
    probability: float | None = None
    band: Band | None = None
    reason: str | None = None
    human_share: float | None = None
    parts: tuple[Part, ...] = ()
    skipped: int = 0
    declared: tuple[str, ...] = ()
    shown: tuple[TouchedFunction, ...] = ()
    is_partial: bool = False

    @property
    def functions(self) -> int:
        """The number of the touched functions that have a verdict."""
        return sum(part.functions for part in self.parts)

    @property
    def band_lines(self) -> dict[Band, int]:
        """The commit's nonblank lines in the touched functions, by band."""
        return {band: sum(getattr(part, band.value) for part in self.parts) for band in Band}

    @property
    def lines(self) -> int:
        """All lines of :attr:`band_lines`."""
        return sum(self.band_lines.values())


@dataclass(slots=True)
class Share:
    """Lines by band, with the number of functions and commits that they come from."""

    commits: int = 0
    functions: int = 0
    bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))

    @property
    def lines(self) -> int:
        """The number of lines in all bands."""
        return sum(self.bands.values())

    def percents(self) -> dict[Band, str]:
        """The share of the lines in each band; together they are 100 %."""
        return dict(zip(Band, parts_percent([self.bands[band] for band in Band]), strict=True))

    def add(self, parts: Sequence[Part]) -> None:
        """Count the parts of one commit."""
        self.commits += bool(parts)
        for part in parts:
            self.functions += part.functions
            for band in Band:
                self.bands[band] += getattr(part, band.value)

    def include(self, other: "Share") -> None:
        """Count what ``other`` has counted."""
        self.commits += other.commits
        self.functions += other.functions
        for band, lines in other.bands.items():
            self.bands[band] += lines


def date_of(seconds: int) -> str:
    """A time as ISO 8601 in UTC: ``2024-05-17T09:30:00Z``."""
    return datetime.fromtimestamp(_possible(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def month_of(seconds: int) -> str:
    """The month of a time, in UTC: ``2024-05``."""
    return datetime.fromtimestamp(_possible(seconds), UTC).strftime("%Y-%m")


def _possible(seconds: int) -> int:
    # A commit may claim any time, but ``datetime`` ends with the year 9999.
    return min(max(seconds, 0), 253_402_300_799)


@dataclass(slots=True)
class Totals:
    """The totals of the commits added so far."""

    all: Share = field(default_factory=Share)
    months: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    folders: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    languages: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    commits: int = 0
    judged: int = 0
    commit_bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    skipped: int = 0
    moved: int = 0
    moves_unknown: int = 0
    declared: dict[str, int] = field(default_factory=dict)
    _best: list[tuple[float, str, CommitResult]] = field(default_factory=list)

    def add(self, result: CommitResult) -> None:
        """Count a commit."""
        self.commits += 1
        self.skipped += result.skipped
        self.moved += result.moved or 0
        self.moves_unknown += result.moved is None
        self.all.add(result.parts)
        if result.parts:
            self.months[month_of(result.seconds)].add(result.parts)
        _add_by(self.folders, result.parts, lambda part: part.folder)
        _add_by(self.languages, result.parts, lambda part: part.language)
        for agent in result.declared:
            self.declared[agent] = self.declared.get(agent, 0) + 1
        if result.band is None or result.probability is None:
            return
        self.judged += 1
        self.commit_bands[result.band] += 1
        if result.band is Band.LLM:
            entry = (result.probability, result.commit, result)
            self._best = heapq.nlargest(STANDING_OUT, [*self._best, entry])

    def include(self, other: "Totals") -> None:
        """Count what ``other`` has counted, in another repository: without its folders and what stands out in it."""
        self.all.include(other.all)
        for into, added in ((self.months, other.months), (self.languages, other.languages)):
            for name, share in added.items():
                into[name].include(share)
        self.commits += other.commits
        self.judged += other.judged
        self.moved += other.moved
        self.moves_unknown += other.moves_unknown
        for band, count in other.commit_bands.items():
            self.commit_bands[band] += count
        for agent, count in other.declared.items():
            self.declared[agent] = self.declared.get(agent, 0) + count

    def standing_out(self) -> list[CommitResult]:
        """The commits in the band ``llm`` with the highest probabilities, highest first."""
        return [result for _, _, result in sorted(self._best, key=lambda entry: (-entry[0], entry[1]))]


def _add_by(shares: defaultdict[str, Share], parts: Iterable[Part], key: Callable[[Part], str]) -> None:
    for name, some in groupby(sorted(parts, key=key), key):
        shares[name].add(list(some))


def declared_phrase(totals: Totals) -> str | None:
    """What commits declare about themselves; None if they declare nothing."""
    if not totals.declared:
        return None
    named = ", ".join(f"{agent} in {count:,}" for agent, count in sorted(totals.declared.items()))
    return f"Declared by commits: {named}. This is a fact about the commits, not part of the estimate."


def totals_phrases(totals: Totals, merges: int, cut_off: int) -> list[str]:
    """The totals, one sentence each, without what commits declare about themselves."""
    bands = ", ".join(f"{count:,} {BAND_NAMES[band]}" for band, count in totals.commit_bands.items())
    judged = f"{totals.judged:,} with a verdict of their own ({bands})"
    left_out = f"; {counted(merges, 'merge')} left out" if merges else ""
    phrases = [f"{counted(totals.commits, 'commit')}, {judged}{left_out}."]
    if totals.all.lines:
        lines = ", ".join(f"{text} {BAND_NAMES[band]}" for band, text in totals.all.percents().items())
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
    if totals.skipped:
        phrases.append(f"{counted(totals.skipped, 'file version')} could not be read as text.")
    return phrases
