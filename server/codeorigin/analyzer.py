"""The one way in: document text -> function reports; selections -> verdicts; functions -> explanations."""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from codeorigin.cache import LruCache
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.explain.explainer import Explainer
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.functions import outline
from codeorigin.languages import get_language
from codeorigin.model.bundle import Bundle
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.normalize import Normalized, normalize
from codeorigin.model.pooled_rule import counted_lines
from codeorigin.model.promise import Group, Promise, group_of
from codeorigin.model.scale import Scale
from codeorigin.model.scorer import RawScore, Scorer
from codeorigin.model.tokenizer import Tokenizer
from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.report import FileReport, FunctionReport
from codeorigin.source.files import is_generated, is_minified
from codeorigin.source.text import LineIndex
from codeorigin.spans import FunctionSpan

_CHUNK_CHARACTERS = 1 << 16
"""Most characters that are scored between two looks at the cancel token; one function alone may have more."""


VERDICT_CACHE_BYTES = 4 * 2**20
EXPLANATION_CACHE_BYTES = 8 * 2**20
VERDICT_BYTES = 1024
"""The most bytes that a verdict takes with its key and its entry in the cache: 17 fields, a dozen floats."""


def explanation_bytes(explanation: Explanation) -> int:
    """About the bytes of an explanation with its key; every line and token has a few numbers."""
    tokens = sum(256 + sys.getsizeof(token.text) for token in explanation.top_tokens)
    return 1024 + 224 * len(explanation.lines) + tokens


class Analyzer:
    """A loaded model with its caches.

    One thread at a time may analyse, score and explain; :meth:`cached_explanation` may be called from any.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self.bundle = bundle
        self._scorer = Scorer(
            bundle.score_path,
            threads=threads,
            wide=bundle.views,
            tokenizer=Tokenizer.load(bundle.tokenizer_path) if bundle.tokenizer_path else None,
            deep=bundle.deep,
            bias=bundle.bias,
        )
        self._explainer = Explainer(
            self._scorer, gradient_path=bundle.gradient_path, bias=bundle.bias, threads=threads
        )
        self._verdicts: LruCache[str, Verdict] = LruCache(VERDICT_CACHE_BYTES, lambda _: VERDICT_BYTES)
        self._explanations: LruCache[tuple[str, ExplainOptions], Explanation] = LruCache(
            EXPLANATION_CACHE_BYTES, explanation_bytes
        )

    @classmethod
    def load(cls, model_dir: Path | None = None, *, threads: int = 1) -> "Analyzer":
        """Load a model folder; None takes the one that comes with CodeOrigin.

        Args:
            model_dir: folder with a ``manifest.json``.
            threads: processor threads that one inference may use.

        Raises:
            ModelError: the model is missing, broken, or does not match its manifest.
        """
        return cls(Bundle.load(model_dir), threads=threads)

    @property
    def model_id(self) -> str:
        """Name, version and digest of the model."""
        return self.bundle.model_id

    def analyze(
        self,
        text: str,
        language: str,
        *,
        path: str | None = None,
        file_context: bool = True,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """Report on every function of a document; only functions whose text is new are scored.

        Args:
            text: the whole document.
            language: a language id or alias.
            path: its path, for the test rules and the report.
            file_context: let the other functions of the file count in each verdict, if the model has a rule for
                that; otherwise each function is judged by its own text.
            cancel: checked while parsing and between batches of functions.

        Raises:
            LanguageError: the language is not supported.
            Cancelled: ``cancel`` was thrown.
        """
        known = get_language(language)
        index = LineIndex(text)
        found = outline(text, known, path=path, lines=index, cancel=cancel)
        spans = found.functions
        cancel.raise_if_cancelled()
        if not found.parsed:
            return FileReport(known.id, path, (), FileVerdict.without(FileReason.UNPARSED))
        whole = Reason.IGNORED if found.ignored else _whole_file_reason(text)
        verdicts: dict[int, Verdict] = {}
        pending: list[int] = []
        ids = [_function_id(text, span, known.model_language) for span in spans]
        for number, span in enumerate(spans):
            if reason := whole or (Reason.IGNORED if span.ignored else None):
                verdicts[number] = Verdict.without(reason)
            elif (cached := self._verdicts.get(ids[number])) is not None:
                verdicts[number] = cached
            else:
                pending.append(number)
        # Chunk by chunk, so that an edit in the middle of a first pass does not lose what is scored already.
        for chunk in _chunks(pending, spans):
            codes = [text[spans[number].range.start : spans[number].range.end] for number in chunk]
            for number, verdict in zip(chunk, self._score(codes, known.model_language, cancel), strict=True):
                verdicts[number] = verdict
                self._verdicts.put(ids[number], verdict)
        if file_context:
            verdicts = self._in_file(verdicts, known.model_language)
        reports = tuple(
            FunctionReport(span, verdicts[number], ids[number], _nested(text, span, known.model_language))
            for number, span in enumerate(spans)
        )
        return FileReport(
            known.id, path, reports, self._file_verdict(text, reports, whole, known.model_language)
        )

    def score(self, code: str, language: str, *, cancel: CancelToken = NEVER) -> Verdict:
        """Verdict on any piece of code by itself, such as a selection, by the rules for functions.

        Raises:
            LanguageError: the language is not supported.
            Cancelled: ``cancel`` was thrown.
        """
        known = get_language(language)
        if is_minified(code):
            return Verdict.without(Reason.MINIFIED)
        return self._score([code], known.model_language, cancel)[0]

    def explain(
        self,
        text: str,
        span: FunctionSpan,
        options: ExplainOptions | None = None,
        *,
        function_id: str | None = None,
        cancel: CancelToken = NEVER,
    ) -> Explanation:
        """Line and token evidence for one function of ``text``; kept until its text changes.

        ``function_id`` is that of the function's report, if known; without it, the hash is computed again.

        Raises:
            Cancelled: ``cancel`` was thrown.
        """
        options = options or ExplainOptions()
        function_id = function_id or _identity(text, span)
        cached = self.cached_explanation(text, span, options, function_id=function_id)
        if cached is not None:
            return cached
        code = text[span.range.start : span.range.end]
        language = get_language(span.language).model_language
        explanation = self._explainer.explain(code, language, options=options, cancel=cancel)
        self._explanations.put((function_id, options), explanation)
        return _placed(explanation, span)

    def cached_explanation(
        self,
        text: str,
        span: FunctionSpan,
        options: ExplainOptions | None = None,
        *,
        function_id: str | None = None,
    ) -> Explanation | None:
        """The explanation of this very text if :meth:`explain` has made it already; does no inference."""
        key = (function_id or _identity(text, span), options or ExplainOptions())
        explanation = self._explanations.get(key)
        return None if explanation is None else _placed(explanation, span)

    def _file_verdict(
        self, text: str, functions: Sequence[FunctionReport], whole: Reason | None, language: str
    ) -> FileVerdict | None:
        rule = self.bundle.calibration.file
        if rule is None:
            return None
        if whole is not None:
            return FileVerdict.without(FileReason(whole.value))
        judged = [
            (report.verdict.logit, counted_lines(text[report.span.range.start : report.span.range.end]))
            for report in functions
            if report.verdict.logit is not None
        ]
        return rule.verdict(judged, language)

    def _score(self, codes: Sequence[str], language: str, cancel: CancelToken) -> list[Verdict]:
        verdicts = [Verdict.without(Reason.TOO_SHORT)] * len(codes)
        long_enough: list[int] = []
        functions: list[Normalized] = []
        for number, code in enumerate(codes):
            normalized = normalize(code, language)
            if self._is_long_enough(normalized):
                long_enough.append(number)
                functions.append(normalized)
        cancel.raise_if_cancelled()
        features = self._scorer.features_of(functions, language)
        groups = [group_of(function.text, language) for function in functions]
        scores = self._scorer.score(features, cancel)
        for number, score, group in zip(long_enough, scores, groups, strict=True):
            verdicts[number] = self._verdict(score, language, group)
        return verdicts

    def _is_long_enough(self, normalized: Normalized) -> bool:
        """Whether a function has the lines and the characters, blanks aside, that a verdict takes."""
        calibration = self.bundle.calibration
        if len(normalized.layout.contents) < calibration.min_lines:
            return False
        # The beginning settles it, save where it is nearly all blanks.
        least, text = calibration.min_characters, normalized.text
        return sum(map(len, text[: 3 * least].split())) >= least or sum(map(len, text.split())) >= least

    def _verdict(self, score: RawScore, language: str, group: Group) -> Verdict:
        scale = self.bundle.calibration.alone
        return Verdict(
            logit=score.logit,
            wide=score.wide,
            deep=score.deep,
            windows=score.windows,
            own_probability=scale.probability(score.logit),
            group=group,
            **_readings(scale, score.logit, language, group),
        )

    def _in_file(self, verdicts: Mapping[int, Verdict], language: str) -> dict[int, Verdict]:
        """The verdicts of one file's functions, each with what the others add; those without a score are unchanged.

        Apart from the scoring, whose results are kept by text: the same function may stand in several files.
        """
        context = self.bundle.calibration.context
        logits = {number: each.logit for number, each in verdicts.items() if each.logit is not None}
        if context is None or len(logits) < 2:
            return dict(verdicts)
        evidence = dict(zip(logits, context.rule.evidence(list(logits.values())), strict=True))
        return {
            number: replace(
                verdict,
                file_evidence=evidence[number],
                neighbours=len(logits) - 1,
                **_readings(context.scale, logits[number] + evidence[number], language, verdict.group),
            )
            if number in evidence
            else verdict
            for number, verdict in verdicts.items()
        }


def _whole_file_reason(text: str) -> Reason | None:
    if is_generated(text):
        return Reason.GENERATED
    return Reason.MINIFIED if is_minified(text) else None


class _Readings(TypedDict):
    """The fields of a verdict that are read off a scale."""

    probability: float
    band: Band
    human_share: float
    llm_threshold: float
    human_threshold: float
    promise: Promise


def _readings(scale: Scale, logit: float, language: str, group: Group | None) -> _Readings:
    """All that ``scale`` says of ``logit``."""
    thresholds = scale.thresholds(language, group)
    return {
        "probability": scale.probability(logit),
        "band": scale.band(logit, language, group),
        "human_share": scale.human_share(logit),
        "llm_threshold": scale.probability(thresholds.llm),
        "human_threshold": scale.probability(thresholds.human),
        "promise": scale.promise(language, group),
    }


def _function_id(text: str, span: FunctionSpan, language: str) -> str:
    code = text[span.range.start : span.range.end]
    return hashlib.sha256(f"{language}\0{code}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _identity(text: str, span: FunctionSpan) -> str:
    return _function_id(text, span, get_language(span.language).model_language)


def _chunks(numbers: Sequence[int], spans: Sequence[FunctionSpan]) -> Iterator[list[int]]:
    chunk: list[int] = []
    characters = 0
    for number in numbers:
        length = spans[number].range.end - spans[number].range.start
        if chunk and characters + length > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
        chunk.append(number)
        characters += length
    if chunk:
        yield chunk


def _nested(text: str, span: FunctionSpan, language: str) -> tuple[FunctionReport, ...]:
    """Reports of the functions inside ``span``, from the innermost out (a stack: nesting may be deep)."""
    order: list[FunctionSpan] = []
    stack = list(span.nested)
    while stack:
        current = stack.pop()
        order.append(current)
        stack.extend(current.nested)
    built: dict[int, FunctionReport] = {}
    for current in reversed(order):
        children = tuple(built[id(child)] for child in current.nested)
        identity = _function_id(text, current, language)
        built[id(current)] = FunctionReport(current, Verdict.without(Reason.NESTED), identity, children)
    return tuple(built[id(child)] for child in span.nested)


def _placed(explanation: Explanation, span: FunctionSpan) -> Explanation:
    """An explanation of a function's text, moved to where the function stands now."""
    line, column = span.range.start_line, span.range.start_column
    return replace(
        explanation,
        lines=tuple(replace(each, line=each.line + line) for each in explanation.lines),
        top_tokens=tuple(
            replace(
                each,
                line=each.line + line,
                start_column=each.start_column + (column if each.line == 0 else 0),
                end_column=each.end_column + (column if each.line == 0 else 0),
            )
            for each in explanation.top_tokens
        ),
    )
