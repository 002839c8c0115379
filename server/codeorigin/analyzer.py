"""The one way in: document text -> function reports; selections -> verdicts; functions -> explanations."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from codeorigin.cache import LruCache
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.embedded import place_explanation, place_function, regions_of
from codeorigin.explain.explainer import Explainer
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.function_reports import function_id as identify
from codeorigin.function_reports import nested_reports, placed
from codeorigin.functions import Outline, only_function, outline
from codeorigin.languages import Language, get_language
from codeorigin.languages.hosts import Host, find_host
from codeorigin.model.bundle import Bundle
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.judge import Judge, Scored
from codeorigin.model.normalize import Normalized, normalize
from codeorigin.model.pooled_rule import counted_lines
from codeorigin.model.promise import group_of
from codeorigin.model.scorer import Scorer
from codeorigin.model.tokenizer import Tokenizer
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.report import FileReport, FunctionReport
from codeorigin.source.files import is_generated, is_minified
from codeorigin.source.notebooks import without_magics
from codeorigin.source.text import LineIndex
from codeorigin.spans import FunctionSpan, code_text
from codeorigin.top_level import top_level

_CHUNK_CHARACTERS = 1 << 16
"""Most characters that are scored between two looks at the cancel token; one function alone may have more."""


VERDICT_CACHE_BYTES = 4 * 2**20
EXPLANATION_CACHE_BYTES = 4 * 2**20
VERDICT_BYTES = 1024
"""The most bytes that a cached score takes with its key and its entry in the cache."""

_Key = TypeVar("_Key", int, str)
_Found = tuple[Outline, list[str]]
_TOO_SHORT = Verdict.without(Reason.TOO_SHORT)


def explanation_bytes(explanation: Explanation) -> int:
    """About the bytes of an explanation with its key; every line and token has a few numbers."""
    tokens = sum(256 + sys.getsizeof(token.text) for token in explanation.top_tokens)
    return 1024 + 224 * (len(explanation.lines) + len(explanation.constructs)) + tokens


@dataclass(frozen=True, slots=True)
class _Cached:
    """What is kept of a function's text; ``scored`` is None for one that is too short."""

    scored: Scored | None


class Analyzer:
    """A loaded model with its caches.

    One thread at a time may analyse, score and explain; :meth:`cached_explanation` may be called from any.
    """

    def __init__(
        self, bundle: Bundle, *, threads: int = 1, verdict_cache_bytes: int = VERDICT_CACHE_BYTES
    ) -> None:
        self.bundle = bundle
        self._scorer = Scorer(
            bundle.score_path,
            threads=threads,
            wide=bundle.views,
            tokenizer=Tokenizer.load(bundle.tokenizer_path) if bundle.tokenizer_path else None,
            deep=bundle.deep,
            bias=bundle.bias,
        )
        self._judge = Judge(bundle.calibration)
        self._explainer = Explainer(
            self._scorer, gradient_path=bundle.gradient_path, bias=bundle.bias, threads=threads
        )
        self._verdicts: LruCache[str, _Cached] = LruCache(verdict_cache_bytes, lambda _: VERDICT_BYTES)
        self._prepared: dict[tuple[str, str | None, str], _Found] = {}
        self._explanations: LruCache[tuple[str, ExplainOptions], Explanation] = LruCache(
            EXPLANATION_CACHE_BYTES, explanation_bytes
        )

    @classmethod
    def load(
        cls,
        model_dir: Path | None = None,
        *,
        threads: int = 1,
        verdict_cache_bytes: int = VERDICT_CACHE_BYTES,
    ) -> "Analyzer":
        """Load a model folder; None takes the one that comes with CodeOrigin.

        Args:
            model_dir: folder with a ``manifest.json``.
            threads: processor threads that one inference may use.
            verdict_cache_bytes: what is kept of the scores of functions, by their text.

        Raises:
            ModelError: the model is missing, broken, or does not match its manifest.
        """
        return cls(Bundle.load(model_dir), threads=threads, verdict_cache_bytes=verdict_cache_bytes)

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
        languages: Collection[str] | None = None,
        cell: bool = False,
        module: bool = False,
        in_commits: Mapping[str, Sequence[float]] | None = None,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """Report on every function of a document; only functions whose text is new are scored.

        Args:
            text: the whole document.
            language: a language id or alias, or the id of a kind of document whose blocks of code are looked at
                (:data:`codeorigin.languages.hosts.HOSTS`); each block is then judged as a file of its own.
            path: its path, for the test rules and the report.
            file_context: let the other functions of the file count in each verdict, if the model has a rule for
                that; otherwise each function is judged by its own text.
            languages: those of the blocks to look at; None for all.
            cell: the text is a cell of a notebook, where IPython's own lines are no errors.
            module: report on the code outside of functions and classes as well, after the functions.
            in_commits: by a function's id, own logits of the other functions of the commit that wrote it.
            cancel: checked while parsing and between batches of functions.

        Raises:
            LanguageError: the language is not supported.
            ModelError: a block's language had to be guessed, and the language model is missing or broken.
            Cancelled: ``cancel`` was thrown.
        """
        if (host := find_host(language)) is not None:
            return self._blocks(
                text, host, path, languages, file_context=file_context, module=module, cancel=cancel
            )
        known = get_language(language)
        prepared = self._prepared.pop((known.id, path, text), None)
        parsed = without_magics(text, known) if cell else text
        found, ids = prepared or _found(text, known, path, cancel, parsed=parsed)
        spans = found.functions
        cancel.raise_if_cancelled()
        if not found.parsed:
            return FileReport(known.id, path, (), FileVerdict.without(FileReason.UNPARSED))
        whole = Reason.IGNORED if found.ignored else _whole_file_reason(text)
        model_language = known.model_language
        verdicts: dict[int, Verdict] = {}
        scored: dict[int, Scored | None] = {}
        pending: list[int] = []
        for number, span in enumerate(spans):
            if reason := whole or (Reason.IGNORED if span.ignored else None):
                verdicts[number] = Verdict.without(reason)
            elif (cached := self._verdicts.get(ids[number])) is not None:
                scored[number] = cached.scored
            else:
                pending.append(number)
        # Chunk by chunk, so that an edit in the middle of a first pass does not lose what is scored already.
        lengths = [spans[number].code.end - spans[number].code.start for number in pending]
        for chunk in _chunks(pending, lengths):
            codes = [code_text(text, spans[number]) for number in chunk]
            for number, each in zip(chunk, self._score(codes, model_language, cancel), strict=True):
                scored[number] = each
                self._verdicts.put(ids[number], _Cached(each))
        verdicts |= self._judged(scored, model_language, file_context=file_context)
        if in_commits:
            others = {number: in_commits[ids[number]] for number in verdicts if ids[number] in in_commits}
            verdicts |= self._judge.in_commits(verdicts, others, model_language, in_file=file_context)
        reports = tuple(
            FunctionReport(span, verdicts[number], ids[number], nested_reports(text, span, model_language))
            for number, span in enumerate(spans)
        )
        verdict = self._file_verdict(text, reports, whole, model_language)
        outside = None
        if module:
            outside = top_level(parsed, known, spans, LineIndex(text), path=path, cancel=cancel)
        if outside is not None:
            reports = (*reports, self._module(text, outside, whole, model_language, cancel))
        return FileReport(known.id, path, reports, verdict)

    def _module(
        self, text: str, span: FunctionSpan, whole: Reason | None, language: str, cancel: CancelToken
    ) -> FunctionReport:
        """The report on the code outside of functions. It neither hears the functions nor speaks to them."""
        identity = identify(text, span, language)
        if reason := whole or (Reason.IGNORED if span.ignored else None):
            return FunctionReport(span, Verdict.without(reason), identity)
        if (rule := self._judge.top_level) is None:
            return FunctionReport(span, Verdict.without(Reason.UNCALIBRATED), identity)
        key = f"{identity}{span.kind.value}"
        if (cached := self._verdicts.get(key)) is None:
            normalized = normalize(code_text(text, span), language)
            scored = None
            if rule.is_long_enough(normalized):
                score = self._scorer.score(self._scorer.features_of([normalized], language), cancel)[0]
                scored = Scored(score, group_of(normalized.text, language))
            cached = _Cached(scored)
            self._verdicts.put(key, cached)
        if cached.scored is None:
            return FunctionReport(span, _TOO_SHORT, identity)
        return FunctionReport(span, self._judge.at_top_level(cached.scored, rule, language), identity)

    def prepare(self, documents: Iterable[tuple[str, str, str | None]]) -> None:
        """Find and score the functions of several documents together: a batch of many takes less time than many small.

        Args:
            documents: the text, the language and the path of each, as :meth:`analyze` will be given them; it then
                has only to judge.

        Raises:
            LanguageError: a language is not supported.
        """
        self._prepared.clear()
        new: dict[str, dict[str, str]] = {}
        for text, language, path in documents:
            if find_host(language) is not None:
                continue  # its blocks are documents of their own
            known = get_language(language)
            found, ids = self._prepared[known.id, path, text] = _found(text, known, path, NEVER)
            if found.ignored or _whole_file_reason(text):
                continue
            of_language = new.setdefault(known.model_language, {})
            for function_id, span in zip(ids, found.functions, strict=True):
                if not span.ignored and self._verdicts.get(function_id) is None:
                    of_language[function_id] = text[span.code.start : span.code.end]
        for language, functions in new.items():
            for chunk in _chunks(list(functions), [len(code) for code in functions.values()]):
                codes = [functions[function_id] for function_id in chunk]
                for function_id, scored in zip(chunk, self._score(codes, language, NEVER), strict=True):
                    self._verdicts.put(function_id, _Cached(scored))

    def score(self, code: str, language: str, *, cancel: CancelToken = NEVER) -> Verdict:
        """Verdict on any piece of code by itself, such as a selection, by the rules for functions.

        A piece that is one function is read as that function is in its file.

        Raises:
            LanguageError: the language is not supported.
            Cancelled: ``cancel`` was thrown.
        """
        known = get_language(language)
        if is_minified(code):
            return Verdict.without(Reason.MINIFIED)
        function = only_function(code, known, cancel)
        if function is not None:
            code = code[function.code.start : function.code.end]
        scored = self._score([code], known.model_language, cancel)[0]
        return _TOO_SHORT if scored is None else self._judge.alone(scored, known.model_language)

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
        function_id = function_id or identify(text, span)
        cached = self.cached_explanation(text, span, options, function_id=function_id)
        if cached is not None:
            return cached
        if span.inside is not None:
            region, own = span.inside
            made = self.explain(region.text, own, options, function_id=function_id, cancel=cancel)
            return place_explanation(made, region)
        code = code_text(text, span)
        language = get_language(span.language).model_language
        explanation = self._explainer.explain(code, language, options=options, cancel=cancel)
        self._explanations.put((function_id, options), explanation)
        return placed(explanation, span)

    def cached_explanation(
        self,
        text: str,
        span: FunctionSpan,
        options: ExplainOptions | None = None,
        *,
        function_id: str | None = None,
    ) -> Explanation | None:
        """The explanation of this very text if :meth:`explain` has made it already; does no inference."""
        key = (function_id or identify(text, span), options or ExplainOptions())
        explanation = self._explanations.get(key)
        if explanation is None:
            return None
        if span.inside is not None:
            region, own = span.inside
            return place_explanation(placed(explanation, own), region)
        return placed(explanation, span)

    def _blocks(
        self,
        text: str,
        host: Host,
        path: str | None,
        languages: Collection[str] | None,
        *,
        file_context: bool,
        module: bool,
        cancel: CancelToken,
    ) -> FileReport:
        """The functions in a document's blocks of code, with their places in the document."""
        lines = LineIndex(text)
        found: list[FunctionReport] = []
        for region in regions_of(lines, host, languages, cancel):
            report = self.analyze(
                region.text,
                region.language,
                path=path,
                file_context=file_context,
                module=module,
                cancel=cancel,
            )
            functions = report.functions
            if region.ignored:
                ignored = Verdict.without(Reason.IGNORED)
                functions = tuple(replace(each, verdict=ignored) for each in functions)
            found += [place_function(function, region, lines) for function in functions]
        return FileReport(host.id, path, tuple(found))

    def _file_verdict(
        self, text: str, functions: Sequence[FunctionReport], whole: Reason | None, language: str
    ) -> FileVerdict | None:
        if not self._judge.judges_files:
            return None
        if whole is not None:
            return FileVerdict.without(FileReason(whole.value))
        judged = [
            (report.verdict.logit, counted_lines(text[report.span.code.start : report.span.code.end]))
            for report in functions
            if report.verdict.logit is not None
        ]
        return self._judge.file(judged, language)

    def _score(self, codes: Sequence[str], language: str, cancel: CancelToken) -> list[Scored | None]:
        """The scores of functions of one language; None for those that are too short for a verdict."""
        scored: list[Scored | None] = [None] * len(codes)
        long_enough: list[int] = []
        functions: list[Normalized] = []
        for number, code in enumerate(codes):
            normalized = normalize(code, language)
            if self._judge.is_long_enough(normalized):
                long_enough.append(number)
                functions.append(normalized)
        cancel.raise_if_cancelled()
        features = self._scorer.features_of(functions, language)
        groups = [group_of(function.text, language) for function in functions]
        scores = self._scorer.score(features, cancel)
        for number, score, group in zip(long_enough, scores, groups, strict=True):
            scored[number] = Scored(score, group)
        return scored

    def _judged(
        self, scored: Mapping[int, Scored | None], language: str, *, file_context: bool
    ) -> dict[int, Verdict]:
        """The verdicts of one file's functions.

        Apart from the scoring, whose results are kept by text: the same function may stand in several files.
        """
        long_enough = {number: each for number, each in scored.items() if each is not None}
        if file_context:
            judged = self._judge.in_file(long_enough, language)
        else:
            judged = {number: self._judge.alone(each, language) for number, each in long_enough.items()}
        return dict.fromkeys(scored, _TOO_SHORT) | judged


def _whole_file_reason(text: str) -> Reason | None:
    if is_generated(text):
        return Reason.GENERATED
    return Reason.MINIFIED if is_minified(text) else None


def _found(
    text: str, language: Language, path: str | None, cancel: CancelToken, *, parsed: str | None = None
) -> _Found:
    """The functions of a text, and their ids. ``parsed`` is what to parse in its place, as long as it."""
    found = outline(parsed or text, language, path=path, lines=LineIndex(text), cancel=cancel)
    return found, [identify(text, span, language.model_language) for span in found.functions]


def _chunks(functions: Sequence[_Key], lengths: Sequence[int]) -> Iterator[list[_Key]]:
    """The functions, each of as many characters as ``lengths`` says, in runs of :data:`_CHUNK_CHARACTERS`."""
    chunk: list[_Key] = []
    characters = 0
    for function, length in zip(functions, lengths, strict=True):
        if chunk and characters + length > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
        chunk.append(function)
        characters += length
    if chunk:
        yield chunk
