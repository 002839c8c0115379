"""Raw scores -> verdicts: on functions, alone or with their file and commit, and on whole files and changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from codeorigin.model.calibration.calibration import Calibration, PooledRule
from codeorigin.model.calibration.scale import Reading, Scale
from codeorigin.model.past import Past
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import ChangedFunction, PooledVerdict, Reason, Verdict


class Judge:
    """Turns scores into verdicts by one model's calibration, and by the ``past`` of the project if it is known.

    The past only ever lowers a verdict. Its own scales have lower thresholds, so where it moves little, the usual ones
    can be the more careful: of the two readings, that with the larger share of human-written code holds. What the
    project's reference adds goes both ways, so functions of which it says something are read by its own scales alone.
    """

    def __init__(self, calibration: Calibration, past: Past | None = None) -> None:
        self._by_text = calibration.alone
        self._calibration = calibration if past is None else calibration.with_past or calibration
        self._past = past
        self._usual = None if past is None or calibration.with_past is None else Judge(calibration)
        self._with_reference = None if past is None or past.reference is None else calibration.with_reference

    def length_reason(self, normalized: Normalized) -> Reason | None:
        """Why a function has too few or too many non-blank lines or characters for a verdict; None if it has not."""
        calibration, lines = self._calibration, len(normalized.layout.contents)
        if lines < calibration.min_lines:
            return Reason.TOO_SHORT
        if lines > calibration.max_lines:
            return Reason.TOO_LONG
        # The beginning is usually enough to decide, unless it is nearly all blanks.
        least, text = calibration.min_characters, normalized.text
        enough = sum(map(len, text[: 3 * least].split())) >= least or sum(map(len, text.split())) >= least
        return None if enough else Reason.TOO_SHORT

    def alone(self, score: RawScore, language: str) -> Verdict:
        """The verdict on a function by its own text alone, in a model language."""
        uncalibrated = self._uncalibrated(score)
        verdict = self._verdict(uncalibrated, language, self._read_by([uncalibrated]).alone)
        return verdict if self._usual is None else _no_higher(verdict, self._usual.alone(score, language))

    def in_file(self, functions: Mapping[int, RawScore], language: str) -> dict[int, Verdict]:
        """The verdicts on a file's functions, including what the others add if the model has a rule for that.

        The reference must say something of all of them, or it does not count.
        """
        uncalibrated = {number: self._uncalibrated(score) for number, score in functions.items()}
        calibration = self._read_by(uncalibrated.values())
        if self._with_reference is not None and calibration is not self._with_reference:
            functions = {number: replace(score, reference=None) for number, score in functions.items()}
            uncalibrated = {number: _without_reference(verdict) for number, verdict in uncalibrated.items()}
        context = calibration.file_context
        if context is None or context.file is None or len(functions) < 2:
            return {number: self.alone(score, language) for number, score in functions.items()}
        evidence = context.file.evidence([verdict.logit or 0.0 for verdict in uncalibrated.values()])
        verdicts = {
            number: self._verdict(verdict, language, context.scale, (added, len(functions) - 1))
            for (number, verdict), added in zip(uncalibrated.items(), evidence, strict=True)
        }
        if self._usual is None:
            return verdicts
        usual = self._usual.in_file(functions, language)
        return {number: _no_higher(verdict, usual[number]) for number, verdict in verdicts.items()}

    def file(self, functions: Sequence[tuple[Verdict, int]], language: str) -> PooledVerdict | None:
        """The verdict on a file, from its functions' verdicts and lines; None without a rule for files."""
        calibration = self._read_by(verdict for verdict, _ in functions)

        def pooled(rule: PooledRule | None, verdicts: Iterable[Verdict]) -> PooledVerdict | None:
            logits = (verdict.logit or 0.0 for verdict in verdicts)
            counted = [(logit, lines, language) for logit, (_, lines) in zip(logits, functions, strict=True)]
            return None if rule is None else rule.verdict(counted)

        whole = pooled(calibration.file, (verdict for verdict, _ in functions))
        if self._usual is None or calibration is self._with_reference:
            return whole
        usual = pooled(self._usual._calibration.file, (_of_text(verdict) for verdict, _ in functions))
        return _more_careful(whole, usual)

    def change(
        self, files: Sequence[Sequence[ChangedFunction]], *, in_context: bool = True
    ) -> tuple[PooledVerdict | None, list[list[Verdict]]]:
        """The verdict on a change, and the verdicts on its functions with what the change adds to each.

        ``files`` have all functions of the changed files. ``in_context``, those that the change wrote, and those of
        their file, count in each verdict. The reference must say something of all functions that the change wrote, or
        it does not count where these count together.

        The verdict on the change is None without a rule for commits. Verdicts on functions that it did not write stay
        the same, as do all if it wrote only one.
        """
        calibration = self._read_by(
            function.verdict for file in files for function in file if function.is_judged
        )
        by_reference = calibration is self._with_reference
        counted = (
            files
            if by_reference
            else [
                [replace(function, verdict=_without_reference(function.verdict)) for function in file]
                for file in files
            ]
        )
        rule = calibration.commit
        written = [
            (function.verdict.logit or 0.0, function.lines, function.language)
            for file in counted
            for function in file
            if function.is_judged
        ]
        whole = None if rule is None else rule.verdict(written)
        verdicts = [[function.verdict for function in file] for file in files]
        logits = [logit for logit, _, _ in written]
        if in_context and len(logits) >= 2:
            first = 0
            for file, found in zip(counted, verdicts, strict=True):
                self._add_change(calibration, file, found, logits, first)
                first += sum(function.is_judged for function in file)
        if self._usual is None:
            return whole, verdicts
        without = [
            [replace(function, verdict=_of_text(function.verdict)) for function in file] for file in files
        ]
        usual_whole, usual = self._usual.change(without, in_context=in_context)
        careful = [list(map(_no_higher, found, text)) for found, text in zip(verdicts, usual, strict=True)]
        return whole if by_reference else _more_careful(whole, usual_whole), careful

    def _add_change(
        self,
        calibration: Calibration,
        file: Sequence[ChangedFunction],
        verdicts: list[Verdict],
        logits: Sequence[float],
        first: int,
    ) -> None:
        """Put what a change adds into the ``verdicts`` on those functions of a file that it wrote.

        ``file`` has all functions of the file, with the reference only if the ``calibration`` is with it, and ``logits``
        those of all functions that the change wrote, among which the file's begin at ``first``.
        """
        own = {
            number: function.verdict.logit
            for number, function in enumerate(file)
            if function.verdict.logit is not None
        }
        context, both = calibration.commit_context, calibration.file_and_commit_context
        beside: dict[int, float] = {}
        if both is not None and both.file is not None and len(own) >= 2:
            context = both
            beside = dict(zip(own, both.file.evidence(list(own.values())), strict=True))
        if context is None or context.commit is None:
            return
        judged = [number for number, function in enumerate(file) if function.is_judged]
        for number, added in zip(judged, context.commit.evidence(logits)[first:], strict=False):
            verdicts[number] = self._verdict(
                file[number].verdict,
                file[number].language,
                context.scale,
                (beside.get(number), len(own) - 1),
                (added, len(logits) - 1),
            )

    def _verdict(
        self,
        verdict: Verdict,
        language: str,
        scale: Scale,
        by_file: tuple[float | None, int] = (None, 0),
        by_commit: tuple[float | None, int] = (None, 0),
    ) -> Verdict:
        """``verdict`` read by ``scale`` with what others add: (evidence, number of others) by file and by commit."""
        (in_file, neighbours), (from_commit, others) = by_file, by_commit
        own_logit = verdict.logit or 0.0
        return replace(
            verdict,
            **scale.read(own_logit + (from_commit or 0.0) + (in_file or 0.0), language),
            own_probability=self._by_text.probability(own_logit - verdict.of_project),
            file_evidence=in_file,
            neighbours=neighbours if in_file is not None else 0,
            commit_evidence=from_commit,
            commit_neighbours=others,
        )

    def _uncalibrated(self, score: RawScore) -> Verdict:
        """A score as a verdict that no scale has read yet."""
        past = None if self._past is None else self._past.share(score.logit)
        reference = None if self._with_reference is None else score.reference
        of_project = sum(share.evidence for share in (past, reference) if share is not None)
        return Verdict(
            None,
            score.logit + of_project,
            None,
            wide=score.wide,
            deep=score.deep,
            windows=score.windows,
            past=past,
            reference=reference,
        )

    def _read_by(self, verdicts: Iterable[Verdict]) -> Calibration:
        """The calibration for functions that count together: with the reference if it says something of all of them."""
        if self._with_reference is None or None in {verdict.reference for verdict in verdicts}:
            return self._calibration
        return self._with_reference


def _no_higher(verdict: Verdict, usual: Verdict) -> Verdict:
    """``verdict``, with the reading of ``usual`` where that finds more human-written functions that score as high.

    What the reference says goes both ways, so with it the verdict stays as it is.
    """
    if verdict.reference is not None or (usual.human_share or 0.0) <= (verdict.human_share or 0.0):
        return verdict
    return replace(verdict, **{name: getattr(usual, name) for name in Reading.__annotations__})


def _more_careful(whole: PooledVerdict | None, usual: PooledVerdict | None) -> PooledVerdict | None:
    """Of two verdicts on the same functions, the one with the larger share of human-written code; the first if equal."""
    if whole is None or usual is None or (usual.human_share or 0.0) <= (whole.human_share or 0.0):
        return whole
    return usual


def _of_text(verdict: Verdict) -> Verdict:
    """``verdict`` with the logit of the function's own text."""
    if verdict.logit is None:
        return verdict
    return replace(verdict, logit=verdict.logit - verdict.of_project, past=None, reference=None)


def _without_reference(verdict: Verdict) -> Verdict:
    if verdict.logit is None or verdict.reference is None:
        return verdict
    return replace(verdict, logit=verdict.logit - verdict.reference.evidence, reference=None)
