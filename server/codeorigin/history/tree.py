"""Verdicts on the files of a commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.history.blob_functions import BlobFunction
from codeorigin.languages import get_language
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.verdict import Band


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A judged file: its functions with a verdict, their nonblank lines by band, and the verdict on the file.

    ``logit``, ``probability`` and ``band`` are None if there is no verdict on the file.
    """

    language: str
    functions: int
    human: int
    unsure: int
    llm: int
    logit: float | None
    probability: float | None
    band: str | None
    reason: str | None


def judged_file(
    judge: Judge, language: str, functions: Sequence[BlobFunction], *, block: bool = False
) -> JudgedFile:
    """Judge a file, or a cell of a notebook, by its functions. ``language`` is an id.

    A ``block`` of a document gets no verdict as a file, because the rule for files was not measured on such code.
    """
    model_language = get_language(language).model_language
    scores = {number: each.score for number, each in enumerate(functions)}
    verdicts = judge.in_file(
        {number: each for number, each in scores.items() if each is not None}, model_language
    )
    lines = dict.fromkeys(Band, 0)
    for number, verdict in verdicts.items():
        lines[verdict.band or Band.UNSURE] += functions[number].weight
    known = [(each.logit, each.weight) for each in functions if each.logit is not None]
    whole = None if block else judge.file(known, model_language)
    return JudgedFile(
        language=model_language,
        functions=len(known),
        human=lines[Band.HUMAN],
        unsure=lines[Band.UNSURE],
        llm=lines[Band.LLM],
        logit=None if whole is None else whole.logit,
        probability=None if whole is None else whole.probability,
        band=None if whole is None or whole.band is None else whole.band.value,
        reason="no_rule" if whole is None else None if whole.reason is None else whole.reason.value,
    )
