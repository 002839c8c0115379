"""Raw scores -> verdicts: on functions, alone or with their file and commit, and on whole files and changes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.context import Context
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.change_verdict import ChangedFunctions, ChangeVerdict, judge_change
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.past import Past
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.features import RawScore
from codeorigin.model.verdict import Reason, Verdict


class Judge:
    """Turns scores into verdicts by one model's calibration, and by the ``past`` of the project if it is known."""

    def __init__(self, calibration: Calibration, past: Past | None = None) -> None:
        self._by_text = calibration.alone
        self._calibration = calibration if past is None else calibration.with_past or calibration
        self._past = past

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

    def in_commits(
        self,
        verdicts: Mapping[int, Verdict],
        others: Mapping[int, Sequence[float]],
        language: str,
        *,
        in_file: bool,
    ) -> dict[int, Verdict]:
        """New verdicts for those functions of a file that have others in their commits, if the model has a rule.

        Args:
            verdicts: the verdicts on all functions of the file.
            others: for each function where they are known, own logits of the other functions of its commit, without the
                past.
            language: a model language.
            in_file: let the other functions of the file count as well.
        """
        judged = {number: each.logit for number, each in verdicts.items() if each.logit is not None}
        context, beside = self._commit_context(judged, in_file=in_file)
        if context is None or context.commit is None:
            return {}
        by_past = 0.0 if self._past is None else self._past.evidence
        return {
            number: self._verdict(
                verdicts[number],
                language,
                context.scale,
                (beside.get(number), len(judged) - 1),
                (context.commit.evidence_for_one([logit + by_past for logit in in_commit]), len(in_commit)),
            )
            for number, in_commit in others.items()
            if number in judged and in_commit
        }

    def alone(self, score: RawScore, language: str) -> Verdict:
        """The verdict on a function by its own text alone, in a model language."""
        return self._verdict(self._unread(score), language, self._calibration.alone)

    def in_file(self, functions: Mapping[int, RawScore], language: str) -> dict[int, Verdict]:
        """The verdicts on a file's functions, including what the others add if the model has a rule for that."""
        context = self._calibration.file_context
        if context is None or context.file is None or len(functions) < 2:
            return {number: self.alone(score, language) for number, score in functions.items()}
        unread = {number: self._unread(score) for number, score in functions.items()}
        evidence = context.file.evidence([verdict.logit or 0.0 for verdict in unread.values()])
        return {
            number: self._verdict(verdict, language, context.scale, (added, len(functions) - 1))
            for (number, verdict), added in zip(unread.items(), evidence, strict=True)
        }

    def file(self, functions: Sequence[tuple[float, int]], language: str) -> FileVerdict | None:
        """The verdict on a file, from its functions' logits and lines; None without a rule for files."""
        rule = self._calibration.file
        return None if rule is None else rule.verdict(functions, language)

    def change(self, files: Sequence[ChangedFunctions]) -> tuple[ChangeVerdict | None, list[list[Verdict]]]:
        """The verdict on a change, and the verdicts on its functions with what the change adds to each.

        Args:
            files: all functions of the changed files.

        Returns:
            The verdict on the change, None without a rule for commits, and the verdicts on all functions, by file.
            Verdicts on functions that the change did not write stay the same, as do all if it wrote only one.
        """
        written = [
            (function.logit, file.lines[number], file.language)
            for file in files
            for number, function in enumerate(file.verdicts)
            if file.written[number] and function.logit is not None
        ]
        rule = self._calibration.commit
        whole = None if rule is None else judge_change(rule, written)
        logits = [logit for logit, _, _ in written]
        return whole, [self._with_change(file, logits) for file in files]

    def _with_change(self, file: ChangedFunctions, logits: Sequence[float]) -> list[Verdict]:
        """The verdicts on a file's functions within a change; ``logits`` are those of all functions it wrote."""
        verdicts = list(file.verdicts)
        judged = {number: each.logit for number, each in enumerate(verdicts) if each.logit is not None}
        context, beside = self._commit_context(judged, in_file=True)
        if context is None or context.commit is None or len(logits) < 2 or not file.in_context:
            return verdicts
        rule, others = context.commit, len(logits) - 1
        total = math.fsum(logit - rule.neutral for logit in logits)
        share = rule.weight / (others + rule.prior_functions)
        for number, logit in judged.items():
            if file.written[number]:
                from_commit = share * (total - (logit - rule.neutral))
                verdicts[number] = self._verdict(
                    verdicts[number],
                    file.language,
                    context.scale,
                    (beside.get(number), len(judged) - 1),
                    (from_commit, others),
                )
        return verdicts

    def _commit_context(
        self, judged: Mapping[int, float], *, in_file: bool
    ) -> tuple[Context | None, Mapping[int, float]]:
        """The rule for functions with others in their commit, and what those of their file add to each by it."""
        both = self._calibration.file_and_commit_context
        if not in_file or both is None or both.file is None or len(judged) < 2:
            return self._calibration.commit_context, {}
        return both, dict(zip(judged, both.file.evidence(list(judged.values())), strict=True))

    @property
    def judges_files(self) -> bool:
        """Whether the model has a rule for whole files."""
        return self._calibration.file is not None

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
        own = verdict.logit or 0.0
        return replace(
            verdict,
            **scale.read(own + (from_commit or 0.0) + (in_file or 0.0), language),
            own_probability=self._by_text.probability(
                own if verdict.past is None else own - verdict.past.evidence
            ),
            file_evidence=in_file,
            neighbours=neighbours if in_file is not None else 0,
            commit_evidence=from_commit,
            commit_neighbours=others,
        )

    def _unread(self, score: RawScore) -> Verdict:
        """A score as a verdict that no scale has read yet."""
        past = None if self._past is None else self._past.share(score.logit)
        logit = score.logit if past is None else score.logit + past.evidence
        return Verdict(None, logit, None, wide=score.wide, deep=score.deep, windows=score.windows, past=past)
