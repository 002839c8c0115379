"""The main entry point: document text -> function reports; selections -> verdicts; functions -> explanations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from codeorigin.analysis.cached_explainer import CachedExplainer
from codeorigin.analysis.file_verdicts import file_verdict
from codeorigin.analysis.function_reports import function_id as identify
from codeorigin.analysis.function_reports import nested_reports
from codeorigin.analysis.outline import FoundFunctions
from codeorigin.analysis.placing import place_function
from codeorigin.analysis.refinement import Refinement
from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.analysis.score_cache import SCORE_CACHE_BYTES, ScoredFunctions
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import Cancelled
from codeorigin.explain.explainer import Explainer
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.functions.embedded.code_blocks import code_blocks
from codeorigin.functions.finding import only_function
from codeorigin.functions.notebooks import without_magics
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language, parsing
from codeorigin.languages.kinds import DocumentKind, find_document_kind
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge, Scored
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import is_minified

_Document = tuple[str, str | None, str]
"""Language, path and text."""
_Scores = Mapping[str, Scored | None]
"""Scores of functions by id; None if the function is too short."""
_TOO_SHORT = Verdict.without(Reason.TOO_SHORT)


class Analyzer:
    """A loaded model with its caches.

    Not thread-safe, except for :meth:`cached_explanation` and for :meth:`refine` with ``ask=False``, which any thread
    may call at any time.
    """

    def __init__(
        self, bundle: Bundle, *, threads: int = 1, verdict_cache_bytes: int = SCORE_CACHE_BYTES
    ) -> None:
        self.bundle = bundle
        scorer = Scorer.of(bundle, threads=threads)
        self.refines = scorer.refines
        """Whether :meth:`analyze` uses the wide part alone and :meth:`refine` adds the deep part."""
        self._judge = Judge(bundle.calibration)
        self._scores = ScoredFunctions(scorer, self._judge.is_long_enough, verdict_cache_bytes)
        self._refinement = Refinement(scorer, self._judge)
        self._explainer = CachedExplainer(
            Explainer(scorer, gradient_path=bundle.gradient_path, bias=bundle.bias, threads=threads)
        )
        self._prepared: dict[_Document, tuple[FoundFunctions, _Scores]] = {}

    @classmethod
    def load(
        cls,
        model_dir: Path | None = None,
        *,
        threads: int = 1,
        verdict_cache_bytes: int = SCORE_CACHE_BYTES,
    ) -> "Analyzer":
        """Load a model folder; None means the one that ships with CodeOrigin.

        Args:
            model_dir: folder with a ``manifest.json``.
            threads: processor threads that one inference may use.
            verdict_cache_bytes: size of the cache for function scores.

        Raises:
            ModelError: the model is missing, broken, or does not match its manifest.
        """
        parsing.start()  # while the model is being read
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
        in_commits: Mapping[str, Sequence[float]] | None = None,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """Report on every function of a document; only functions with new text are scored.

        If the model :attr:`refines`, the report uses the wide part alone; see :meth:`refine`.

        Args:
            text: the whole document.
            language: a language id or alias, or the id of a kind of document with embedded code blocks
                (:data:`codeorigin.languages.kinds.DOCUMENT_KINDS`); each block is then judged like a separate file.
            path: its path, for the test rules and the report.
            file_context: let the other functions of the file count in each verdict, if the model has a rule for
                that; otherwise each function is judged by its own text.
            languages: only analyse embedded blocks in these languages; None for all.
            cell: the text is a notebook cell, in which IPython's magic lines are not errors.
            in_commits: function id -> own logits of the other functions of the commit that wrote the function.
            cancel: checked while parsing and between batches of functions.

        Raises:
            LanguageError: the language is not supported.
            ModelError: a block's language had to be guessed, and the language model is missing or broken.
            Cancelled: ``cancel`` was triggered.
        """
        if (kind := find_document_kind(language)) is not None:
            return self._blocks(text, kind, path, languages, file_context=file_context, cancel=cancel)
        known = get_language(language)
        parsed = without_magics(text, known) if cell else text
        model_language = known.model_language
        found, by_id = self._prepared.pop((known.id, path, text), (None, None))
        if found is None:
            found = FoundFunctions.find(text, known, path, parsed=parsed, cancel=cancel)
        spans, ids = found.spans, found.ids
        cancel.raise_if_cancelled()
        if not found.is_parsed:
            return FileReport(known.id, path, (), FileVerdict.without(FileReason.UNPARSED))
        if by_id is None:
            by_id = self._scores.of(found.to_score, model_language, cancel=cancel)
        verdicts: dict[int, Verdict] = {}
        scored: dict[int, Scored | None] = {}
        for number, span in enumerate(spans):
            if reason := found.reason(span):
                verdicts[number] = Verdict.without(reason)
            else:
                scored[number] = by_id[ids[number]]
        verdicts |= self._judged(scored, model_language, file_context=file_context)
        if in_commits:
            others = {number: in_commits[ids[number]] for number in verdicts if ids[number] in in_commits}
            verdicts |= self._judge.in_commits(verdicts, others, model_language, in_file=file_context)
        reports = tuple(
            FunctionReport(span, verdicts[number], ids[number], nested_reports(text, span, model_language))
            for number, span in enumerate(spans)
        )
        verdict = file_verdict(self._judge, found, reports, model_language)
        return FileReport(known.id, path, reports, verdict)

    def prepare(
        self, documents: Iterable[tuple[str, str, str | None]], *, cancel: CancelToken = NEVER
    ) -> None:
        """Find and score the functions of several documents together, since one large batch is faster than many small.

        Args:
            documents: text, language and path of each, exactly as :meth:`analyze` will get them; it then only has to
                judge. Failures are ignored here: :meth:`analyze` will raise them for the document concerned.
            cancel: as for :meth:`analyze`; functions already scored stay cached.

        Raises:
            Cancelled: ``cancel`` was triggered.
        """
        self._prepared.clear()
        by_language: dict[str, list[tuple[_Document, FoundFunctions]]] = {}
        for text, language, path in documents:
            if find_document_kind(language) is not None:
                continue  # its blocks are analysed as separate documents
            try:
                known = get_language(language)
                found = FoundFunctions.find(text, known, path, cancel=cancel)
            except Cancelled:
                raise
            except Exception:
                continue
            by_language.setdefault(known.model_language, []).append(((known.id, path, text), found))
        for language, together in by_language.items():
            codes = dict(chain.from_iterable(found.to_score.items() for _, found in together))
            try:
                scores = self._scores.of(codes, language, cancel=cancel)
            except Cancelled:
                raise
            except Exception:
                continue
            self._prepared |= {key: (found, scores) for key, found in together}

    def refine(
        self,
        text: str,
        report: FileReport,
        looked_at: Collection[str] = (),
        *,
        ask: bool = True,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """The report of :meth:`analyze`, refined by the deep part; see :meth:`Refinement.report`."""
        if not self.refines:
            return report
        return self._refinement.report(text, report, looked_at, ask=ask, cancel=cancel)

    def score(self, code: str, language: str, *, deep: bool = True, cancel: CancelToken = NEVER) -> Verdict:
        """Verdict on any piece of code by itself, such as a selection, by the rules for functions.

        Code that consists of a single function is read as it would be in its file. Without ``deep``, a deep part
        that refines is not run.

        Raises:
            LanguageError: the language is not supported.
            ModelError: the deep part cannot be loaded, or it failed.
            Cancelled: ``cancel`` was triggered.
        """
        known = get_language(language)
        if is_minified(code):
            return Verdict.without(Reason.MINIFIED)
        function = only_function(code, known, cancel)
        if function is not None:
            code = code[function.code.start : function.code.end]
        scored = self._scores.score([code], known.model_language, cancel=cancel)[0]
        if scored is None:
            return _TOO_SHORT
        verdict = self._judge.alone(scored, known.model_language)
        if not deep or not verdict.awaits_deep:
            return verdict
        answer = self._refinement.answer(code, known.model_language, cancel)
        return self._judge.refined(verdict, answer, known.model_language)

    def explain(
        self,
        text: str,
        span: FunctionSpan,
        options: ExplainOptions | None = None,
        *,
        function_id: str | None = None,
        cancel: CancelToken = NEVER,
    ) -> Explanation:
        """Line and token evidence for one function of ``text``, cached by the function's text.

        ``function_id`` is the one in the function's report, if known; without it, the hash is recomputed.

        Raises:
            Cancelled: ``cancel`` was triggered.
        """
        return self._explainer.explain(
            text, span, function_id or identify(text, span), options or ExplainOptions(), cancel
        )

    def cached_explanation(
        self,
        text: str,
        span: FunctionSpan,
        options: ExplainOptions | None = None,
        *,
        function_id: str | None = None,
    ) -> Explanation | None:
        """The cached explanation of exactly this text, or None; runs no inference."""
        return self._explainer.kept(span, function_id or identify(text, span), options or ExplainOptions())

    def _blocks(
        self,
        text: str,
        kind: DocumentKind,
        path: str | None,
        languages: Collection[str] | None,
        *,
        file_context: bool,
        cancel: CancelToken,
    ) -> FileReport:
        """The functions in a document's code blocks, with their positions in the document."""
        lines = LineIndex(text)
        found: list[FunctionReport] = []
        verdict = None
        with parsing.one_document(len(text)):
            for block in code_blocks(lines, kind, languages, cancel):
                report = self.analyze(
                    block.text,
                    block.language,
                    path=path,
                    file_context=file_context,
                    cancel=cancel,
                )
                functions = report.functions
                if report.verdict is not None and report.verdict.reason is FileReason.UNPARSED:
                    verdict = report.verdict
                if block.ignored:
                    ignored = Verdict.without(Reason.IGNORED)
                    functions = tuple(replace(each, verdict=ignored) for each in functions)
                found += [place_function(function, block, lines) for function in functions]
        return FileReport(kind.id, path, tuple(found), verdict)

    def _judged(
        self, scored: Mapping[int, Scored | None], language: str, *, file_context: bool
    ) -> dict[int, Verdict]:
        """The verdicts of one file's functions.

        Separate from scoring, which is cached by text, because the same function may occur in several files.
        """
        long_enough = {number: each for number, each in scored.items() if each is not None}
        if file_context:
            judged = self._judge.in_file(long_enough, language)
        else:
            judged = {number: self._judge.alone(each, language) for number, each in long_enough.items()}
        return dict.fromkeys(scored, _TOO_SHORT) | judged
