"""What the reference of a project adds to the scores of its functions, and to their explanations."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from codeorigin.analysis.judging import Scores
from codeorigin.analysis.outlined import Outlined
from codeorigin.core.lru_cache import LruCache
from codeorigin.model.bundle import Bundle
from codeorigin.model.kept_reference import Populations
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.past import KeptReference, Past, RecordsShare
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reference import Reference, ReferenceWeights
from codeorigin.model.scoring.inputs import RawScore

_CACHE_BYTES, _ENTRY_BYTES = 2**20, 512


class References:
    """The reference that was last asked for, and what it says of functions, cached by text. Not thread-safe."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        rule = bundle.calibration.reference
        self._views = NgramViews([] if rule is None else [rule.view])
        self._last: tuple[KeptReference, Reference | None] | None = None
        self._cache: LruCache[tuple[str, str, str], float] = LruCache(_CACHE_BYTES, lambda _: _ENTRY_BYTES)

    def added(self, past: Past | None, outlined: Outlined, scores: Scores) -> Scores:
        """``scores`` by function id, with what the reference of ``past`` says of the functions of a document."""
        if past is None or (kept := past.reference) is None or (reference := self._of(kept)) is None:
            return scores
        path = outlined.document.inside or kept.inside(outlined.document.path)
        language = outlined.language.model_language
        codes = {key: code for key, code in outlined.codes().items() if isinstance(scores.get(key), RawScore)}
        found = dict(scores)
        for key, value in self._evidence(kept, reference, path, language, codes).items():
            score = scores[key]
            assert isinstance(score, RawScore), "the others were left out"
            found[key] = replace(score, records=RecordsShare(value, kept.declared, path))
        return found

    def of_code(
        self, past: Past | None, path: str | None, language: str, code: str, function_id: str
    ) -> RecordsShare | None:
        """What the reference of ``past`` says of code in a model language, from a file on disk, by itself."""
        if past is None or (kept := past.reference) is None or (reference := self._of(kept)) is None:
            return None
        inside = kept.inside(path)
        found = self._evidence(kept, reference, inside, language, {function_id: code})
        return RecordsShare(found[function_id], kept.declared, inside) if found else None

    def _evidence(
        self, kept: KeptReference, reference: Reference, path: str, language: str, codes: Mapping[str, str]
    ) -> dict[str, float]:
        """What the reference says of the functions in ``codes``, by id, unless it says nothing."""
        found = {key: self._cache.get((kept.key, path, key)) for key in codes}
        new = [key for key, value in found.items() if value is None]
        texts = [normalize(codes[key], language).text for key in new]
        for key, features in zip(new, self._views.extract_many(texts, language), strict=True):
            value = reference.evidence(language, path, features.ids, features.values, key)
            if value is not None:
                found[key] = value
                self._cache.put((kept.key, path, key), value)
        return {key: value for key, value in found.items() if value is not None}

    def weights(
        self, past: Past | None, records: RecordsShare | None, language: str, function_id: str
    ) -> ReferenceWeights | None:
        """What the n-grams of a function add of which ``records`` say something; None if they say nothing."""
        if records is None or past is None or past.reference is None:
            return None
        reference = self._of(past.reference)
        weights = None if reference is None else reference.weights(language, records.path, function_id)
        return None if weights is None else (self._views, weights)

    def _of(self, kept: KeptReference) -> Reference | None:
        """The reference; None if the model has no rule for it, or if another one is kept by now."""
        rule = self._bundle.calibration.reference
        if rule is None:
            return None
        if self._last is None or self._last[0] != kept:
            found = Populations.read(Path(kept.file))
            self._last = kept, None
            if found is not None and found.key == kept.key:
                self._last = kept, found.reference(rule, self._bundle.general_means(found.languages))
        return self._last[1]
