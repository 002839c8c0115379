"""From the functions of changed files to the verdict on a change, and to theirs in it."""

from collections.abc import Sequence

from codeorigin.model.bundle import Bundle
from codeorigin.model.change_verdict import ChangedFunctions, ChangeVerdict
from codeorigin.model.judge import Judge
from codeorigin.model.verdict import Verdict


def judge_change(
    bundle: Bundle, files: Sequence[ChangedFunctions]
) -> tuple[ChangeVerdict | None, list[list[Verdict]]]:
    """The verdict on a change by the rules of ``bundle``, and those of all functions of its files with what it adds.

    See :meth:`codeorigin.model.judge.Judge.change`.
    """
    return Judge(bundle.calibration).change(files)
