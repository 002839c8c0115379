"""Raw scores -> verdicts: on functions, alone or with their file and commit, and on whole files and changes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.promise import Group
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.change_verdict import ChangedFunctions, ChangeVerdict, judge_change
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.features import RawScore
from codeorigin.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Scored:
    """A function's raw score, and the group that determines its thresholds."""

    score: RawScore
    group: Group


class Judge:
    """Turns scores into verdicts by one model's calibration."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def is_long_enough(self, normalized: Normalized) -> bool:
        """Whether a function has enough non-blank lines and characters for a verdict."""
        calibration = self._calibration
        if len(normalized.layout.contents) < calibration.min_lines:
            return False
        # The beginning is usually enough to decide, unless it is nearly all blanks.
        least, text = calibration.min_characters, normalized.text
        return sum(map(len, text[: 3 * least].split())) >= least or sum(map(len, text.split())) >= least

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
            others: for each function where they are known, own logits of the other functions of its commit.
            language: a model language.
            in_file: let the other functions of the file count as well.
        """
        alone, both = self._calibration.commit_context, self._calibration.file_and_commit_context
        judged = {number: each.logit for number, each in verdicts.items() if each.logit is not None}
        found = {}
        for number, in_commit in others.items():
            if number not in judged or not in_commit:
                continue
            beside = [logit for place, logit in judged.items() if place != number]
            context, by_file = alone, None
            if in_file and beside and both is not None and both.file is not None:
                context, by_file = both, both.file.evidence_for_one(beside)
            if context is not None:
                from_commit = context.commit.evidence_for_one(in_commit)
                found[number] = self._with_others(
                    verdicts[number],
                    context.scale,
                    language,
                    (by_file, len(beside)),
                    (from_commit, len(in_commit)),
                )
        return found

    def alone(self, scored: Scored, language: str) -> Verdict:
        """The verdict on a function by its own text alone, in a model language."""
        return self._verdict(scored, language, None, 0)

    def in_file(self, functions: Mapping[int, Scored], language: str) -> dict[int, Verdict]:
        """The verdicts on a file's functions, including what the others add if the model has a rule for that."""
        context = self._calibration.file_context
        if context is None or len(functions) < 2:
            return {number: self.alone(scored, language) for number, scored in functions.items()}
        evidence = context.rule.evidence([scored.score.logit for scored in functions.values()])
        return {
            number: self._verdict(scored, language, added, len(functions) - 1)
            for (number, scored), added in zip(functions.items(), evidence, strict=True)
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
        alone, both = self._calibration.commit_context, self._calibration.file_and_commit_context
        judged = [number for number, each in enumerate(verdicts) if each.logit is not None]
        in_file = both is not None and both.file is not None and len(judged) > 1
        context = both if in_file else alone
        if context is None or len(logits) < 2 or not file.in_context:
            return verdicts
        from_file: list[float] = []
        if in_file and context.file is not None:
            from_file = context.file.evidence([verdicts[number].logit or 0.0 for number in judged])
        others = len(logits) - 1
        total = math.fsum(logit - context.commit.neutral for logit in logits)
        share = context.commit.weight / (others + context.commit.prior_functions)
        for place, number in enumerate(judged):
            verdict = verdicts[number]
            if not file.written[number] or verdict.logit is None or verdict.group is None:
                continue
            from_commit = share * (total - (verdict.logit - context.commit.neutral))
            by_file = (from_file[place] if from_file else None), len(judged) - 1
            verdicts[number] = self._with_others(
                verdict, context.scale, file.language, by_file, (from_commit, others)
            )
        return verdicts

    def _with_others(
        self,
        verdict: Verdict,
        scale: Scale,
        language: str,
        by_file: tuple[float | None, int],
        by_commit: tuple[float, int],
    ) -> Verdict:
        """The verdict read by ``scale`` with what others add: (evidence, number of others) by file and by commit."""
        if verdict.logit is None or verdict.group is None:
            return verdict
        (in_file, neighbours), (from_commit, others) = by_file, by_commit
        logit = verdict.logit + from_commit + (in_file or 0.0)
        return replace(
            scale.read(verdict, logit, language, verdict.group),
            own_probability=self._calibration.alone.probability(verdict.logit),
            file_evidence=in_file,
            neighbours=neighbours if in_file is not None else 0,
            commit_evidence=from_commit,
            commit_neighbours=others,
        )

    @property
    def judges_files(self) -> bool:
        """Whether the model has a rule for whole files."""
        return self._calibration.file is not None

    def _verdict(self, scored: Scored, language: str, evidence: float | None, neighbours: int) -> Verdict:
        """The verdict on a function to which the ``neighbours`` in its file add ``evidence``, if any."""
        score, alone, context = scored.score, self._calibration.alone, self._calibration.file_context
        verdict = Verdict(
            probability=None,
            logit=score.logit,
            band=None,
            group=scored.group,
            wide=score.wide,
            deep=score.deep,
            windows=score.windows,
            own_probability=alone.probability(score.logit),
            file_evidence=evidence,
            neighbours=neighbours,
        )
        scale = alone if evidence is None or context is None else context.scale
        return scale.read(verdict, score.logit + (evidence or 0.0), language, scored.group)
