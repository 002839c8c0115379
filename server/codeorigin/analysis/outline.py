"""The functions of a document, with their ids and the reasons why some get no verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codeorigin.analysis.function_reports import function_id
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.finding import outline
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import Language
from codeorigin.model.verdict import Reason
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import is_generated, is_minified


@dataclass(frozen=True, slots=True)
class FoundFunctions:
    """The outermost functions of a document in source order, and their ids.

    ``is_parsed`` is False if parsing would take too long; there are then no functions.
    ``whole`` is the reason why nothing in the document gets a verdict, if all of it is generated, minified or ignored.
    ``to_score`` maps the ids of the functions that may get a verdict to their texts.
    """

    text: str
    spans: Sequence[FunctionSpan]
    ids: Sequence[str]
    is_parsed: bool
    whole: Reason | None
    to_score: Mapping[str, str]

    @classmethod
    def find(
        cls,
        text: str,
        language: Language,
        path: str | None,
        *,
        parsed: str | None = None,
        cancel: CancelToken = NEVER,
    ) -> "FoundFunctions":
        """Find the functions of ``text``; ``parsed``, of the same length, is parsed instead. Raises Cancelled."""
        found = outline(parsed or text, language, path=path, lines=LineIndex(text), cancel=cancel)
        ids = [function_id(text, span, language.model_language) for span in found.functions]
        whole = Reason.IGNORED if found.ignored else _whole_file_reason(text)
        to_score = {
            own_id: code_text(text, span)
            for own_id, span in zip(ids, found.functions, strict=True)
            if not (whole or span.ignored)
        }
        return cls(text, found.functions, ids, found.parsed, whole, to_score)

    def reason(self, span: FunctionSpan) -> Reason | None:
        """Why ``span`` gets no verdict regardless of its code; None if it may get one."""
        return self.whole or (Reason.IGNORED if span.ignored else None)


def _whole_file_reason(text: str) -> Reason | None:
    if is_generated(text):
        return Reason.GENERATED
    return Reason.MINIFIED if is_minified(text) else None
