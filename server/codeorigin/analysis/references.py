"""What the reference of a project adds to the scores of its functions, and to their explanations."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from codeorigin.analysis.outlines import Scores
from codeorigin.core.lru_cache import LruCache
from codeorigin.model.bundle import Bundle
from codeorigin.model.kept_reference import Populations
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.past import KeptReference, Past, ReferenceShare
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

    def added(
        self,
        past: Past | None,
        scores: Scores,
        codes: Mapping[str, str],
        language: str,
        path: str | None,
        inside: str | None = None,
    ) -> Scores:
        """``scores`` by function id, with what the reference of ``past`` says of those that are no reason.

        ``codes`` are the functions' texts by id, in a model language; ``path`` and ``inside`` are those of a document.
        """
        if past is None or (kept := past.reference) is None or (reference := self._of(kept)) is None:
            return scores
        inside = inside or kept.inside(path)
        scored = {key: score for key in codes if isinstance(score := scores.get(key), RawScore)}
        found = {key: self._cache.get((kept.key, inside, key)) for key in scored}
        new = [key for key, value in found.items() if value is None]
        texts = [normalize(codes[key], language).text for key in new]
        for key, features in zip(new, self._views.extract_many(texts, language), strict=True):
            found[key] = value = reference.evidence(language, inside, features.ids, features.values, key)
            if value is not None:
                self._cache.put((kept.key, inside, key), value)
        return {
            **scores,
            **{
                key: replace(scored[key], reference=ReferenceShare(value, kept.declared, inside))
                for key, value in found.items()
                if value is not None
            },
        }

    def weights(
        self, past: Past | None, share: ReferenceShare | None, language: str, function_id: str
    ) -> ReferenceWeights | None:
        """What the n-grams of a function add to its ``share``; None if it has none."""
        if share is None or past is None or past.reference is None:
            return None
        reference = self._of(past.reference)
        weights = None if reference is None else reference.weights(language, share.path, function_id)
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
