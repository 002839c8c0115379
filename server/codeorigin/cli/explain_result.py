"""The result of an explanation before it is rendered."""

from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.explain.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Explained:
    """A function with its explanation and the text of its file."""

    path: str
    model: str
    text: str
    function: FunctionReport
    explanation: Explanation
