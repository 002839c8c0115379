"""The verdict on a change, and the verdicts on its functions in the light of that change."""

from collections.abc import Sequence

from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.change_verdict import ChangedFunctions, ChangeVerdict
from codeorigin.model.verdict import Verdict


def judge_change(
    bundle: Bundle, files: Sequence[ChangedFunctions]
) -> tuple[ChangeVerdict | None, list[list[Verdict]]]:
    """The verdict on a change by the rules of ``bundle``, and those on all functions of its files, updated by it.

    See :meth:`codeorigin.model.calibration.judge.Judge.change`.
    """
    return Judge(bundle.calibration).change(files)
