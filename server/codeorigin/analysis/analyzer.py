"""The main entry point: documents -> reports; selections -> verdicts; functions -> explanations."""

import os
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from codeorigin.analysis.caches import SCORE_CACHE_BYTES, CachedExplainer, ScoreCache
from codeorigin.analysis.judged import FileReport
from codeorigin.analysis.outlines import Outlined, judged_document, outlined, parsed_together, tried
from codeorigin.analysis.references import References
from codeorigin.analysis.worker_pool import batches
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import id_of_code, only_function
from codeorigin.languages import get_language, parser_pool
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.text.sources import is_minified


class Analyzer:
    """A loaded model with its caches.

    Wherever a ``past`` is taken, it is that of the project which the code belongs to, if it is known. Not thread-safe.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        threads: int = 1,
        verdict_cache_bytes: int = SCORE_CACHE_BYTES,
    ) -> None:
        self.bundle = bundle
        scorer = Scorer.of(bundle, threads=threads)
        self._scores = ScoreCache(scorer, Judge(bundle.calibration).length_reason, verdict_cache_bytes)
        self._references = References(bundle)
        self.explainer = CachedExplainer(scorer, bundle, self._references, threads=threads)

    @classmethod
    def load(
        cls,
        model_dir: Path | None = None,
        *,
        threads: int = 1,
    ) -> "Analyzer":
        """Load a model folder; None means the one that ships with CodeOrigin.

        Args:
            model_dir: folder with a ``manifest.json``.
            threads: processor threads that one inference may use.

        Raises:
            ModelError: the model is missing, broken, or does not match its manifest.
        """
        parser_pool.start()  # while the model is being read
        return cls(Bundle.load(model_dir), threads=threads)

    @property
    def model_id(self) -> str:
        """Name, version and digest of the model."""
        return self.bundle.model_id

    def analyze(
        self,
        document: Document,
        *,
        file_context: bool = True,
        past: Past | None = None,
        known_only: bool = False,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """Report on every function of a document; only functions with new text are scored.

        Args:
            document: what to analyse.
            file_context: let the other functions of the file count in each verdict, if the model has a rule for
                that; otherwise each function is judged by its own text.
            past: see the class.
            known_only: leave out the functions whose scores are not cached, instead of scoring them. After a call was
                cancelled, this reports how far it got.
            cancel: checked while parsing and between batches of functions.

        Raises:
            LanguageError: the language is not supported.
            ModelError: the model failed.
        """
        (report,) = self.analyze_many(
            [document], file_context=file_context, past=past, known_only=known_only, cancel=cancel
        )
        if isinstance(report, Exception):
            raise report
        return report

    @property
    def is_slow(self) -> bool:
        """Whether the model has an encoder, which may take a quarter of a second per function."""
        return self.bundle.deep is not None

    def analyze_many(
        self,
        documents: Iterable[Document],
        *,
        file_context: bool = True,
        past: Past | None = None,
        known_only: bool = False,
        cancel: CancelToken = NEVER,
    ) -> Iterator[FileReport | Exception]:
        """Yield the report on each document, in order, or the error that :meth:`analyze` would raise for it.

        The functions of several documents are scored together, which is faster than one by one. ``documents`` are
        consumed a batch at a time, so their number does not matter.

        Raises:
            Cancelled: ``cancel`` was triggered; functions already scored stay cached.
        """
        judge = Judge(self.bundle.calibration, past)
        score = partial(self._scored, known_only=known_only, cancel=cancel)
        for batch in batches(documents, lambda document: len(document.text)):
            outlines = [
                parsed
                if isinstance(parsed, Exception)
                else tried(partial(outlined, document, parsed, cancel))
                for document, parsed in zip(batch, parsed_together(batch, cancel), strict=True)
            ]
            scores = tried(partial(score, [found for found in outlines if isinstance(found, Outlined)]))

            def report(found: Outlined) -> FileReport:
                # If scoring all together failed, the failure is that of some document, which then fails alone.
                known = score([found]) if isinstance(scores, Exception) else scores  # noqa: B023 - called here
                asked, language = found.document, found.language.model_language
                with_reference = self._references.added(
                    past, known, found.codes, language, asked.path, asked.inside
                )
                return judged_document(judge, found, with_reference, file_context=file_context)

            for found in outlines:
                yield found if isinstance(found, Exception) else tried(partial(report, found))

    def _scored(
        self, documents: Iterable[Outlined], *, known_only: bool, cancel: CancelToken
    ) -> dict[str, RawScore | Reason]:
        by_language: dict[str, dict[str, str]] = {}
        for document in documents:
            by_language.setdefault(document.language.model_language, {}).update(document.codes)
        scores: dict[str, RawScore | Reason] = {}
        for language, codes in by_language.items():
            scores |= (
                self._scores.known(codes) if known_only else self._scores.of(codes, language, cancel=cancel)
            )
        return scores

    def score(
        self,
        code: str,
        language: str,
        *,
        path: str | None = None,
        past: Past | None = None,
        cancel: CancelToken = NEVER,
    ) -> Verdict:
        """Verdict on any piece of code by itself, such as a selection, by the rules for functions.

        Code that consists of a single function is read as it would be in its file. ``path`` is the file that it is
        from, on disk, if there is one.

        Raises:
            LanguageError: the language is not supported.
            ModelError: the model failed.
        """
        known = get_language(language)
        if is_minified(code):
            return Verdict.without(Reason.MINIFIED)
        function = only_function(code, known, cancel)
        if function is not None:
            code = code[function.code.start : function.code.end]
        score = self._scores.score(code, known.model_language, cancel)
        if isinstance(score, Reason):
            return Verdict.without(score)
        key = id_of_code(code, known.model_language)
        with_reference = self._references.added(past, {key: score}, {key: code}, known.model_language, path)[
            key
        ]
        assert isinstance(with_reference, RawScore), "as before"
        return Judge(self.bundle.calibration, past).alone(with_reference, known.model_language)


_lock = threading.Lock()
_analyzers: dict[Path | None, Analyzer] = {}


def analyze_text(
    text: str,
    language: str,
    *,
    path: str | os.PathLike[str] | None,
    file_context: bool,
    model: str | os.PathLike[str] | None,
    threads: int,
) -> FileReport:
    """See :func:`codeorigin.analyze`: one loaded model per folder, used by one thread at a time."""
    shown = None if path is None else os.fspath(path)
    key = None if model is None else Path(model).absolute()
    with _lock:
        if key not in _analyzers:
            _analyzers[key] = Analyzer.load(key, threads=threads)
        analyzer = _analyzers[key]
        return analyzer.analyze(Document(text, language, shown), file_context=file_context)
