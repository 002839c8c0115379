"""Scores of functions, cached by text so that nothing is scored twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from codeorigin.analysis.cache import LruCache
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.model.calibration.judge import Scored
from codeorigin.model.calibration.promise import group_of
from codeorigin.model.reading.normalize import Normalized, normalize
from codeorigin.model.scoring.scorer import Scorer

_CHUNK_CHARACTERS = 1 << 15
"""Most characters scored between two checks of the cancel token; a single function may have more."""

SCORE_CACHE_BYTES = 4 * 2**20
SCORE_BYTES = 1024
"""Upper bound on the size of a cached score, with its key and cache entry."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cache entry for one function; ``scored`` is None if the function is too short."""

    scored: Scored | None


class ScoreCache:
    """Scores functions and caches the scores, at most ``capacity`` bytes of them. Not thread-safe."""

    def __init__(
        self, scorer: Scorer, is_long_enough: Callable[[Normalized], bool], capacity: int = SCORE_CACHE_BYTES
    ) -> None:
        self._scorer = scorer
        self._is_long_enough = is_long_enough
        self.kept: LruCache[str, _Kept] = LruCache(capacity, lambda _: SCORE_BYTES)

    def of(
        self, codes: Mapping[str, str], language: str, *, cancel: CancelToken = NEVER
    ) -> dict[str, Scored | None]:
        """The scores of functions; only those not in the cache are computed.

        Args:
            codes: the functions' texts by id (:func:`codeorigin.functions.finding.function_id`).
            language: the model language of all of them.
            cancel: checked between batches of functions; scores computed so far stay cached.

        Returns:
            The scores by the same ids; None for a text that is too short for a verdict.

        Raises:
            Cancelled: ``cancel`` was triggered.
        """
        found: dict[str, Scored | None] = {}
        new: dict[str, str] = {}
        for key, code in codes.items():
            if (kept := self.kept.get(key)) is not None:
                found[key] = kept.scored
            else:
                new[key] = code
        # Chunk by chunk, so that an edit in the middle of a first pass does not lose the scores so far.
        for chunk in _chunks(new):
            scores = self._score(list(chunk.values()), language, cancel)
            for key, scored in zip(chunk, scores, strict=True):
                found[key] = scored
                self.kept.put(key, _Kept(scored))
        return found

    def known(self, codes: Mapping[str, str]) -> dict[str, Scored | None]:
        """The scores that are in the cache; computes nothing."""
        found = {key: self.kept.get(key) for key in codes}
        return {key: kept.scored for key, kept in found.items() if kept is not None}

    def score(self, code: str, language: str, cancel: CancelToken = NEVER) -> Scored | None:
        """Like :meth:`of`, for a single function and without the cache."""
        return next(self._score([code], language, cancel))

    def _score(self, codes: Sequence[str], language: str, cancel: CancelToken) -> Iterator[Scored | None]:
        """The scores of functions, each as soon as the model has read it."""
        read = [normalize(code, language) for code in codes]
        judged = [self._is_long_enough(function) for function in read]
        functions = list(compress(read, judged))
        cancel.raise_if_cancelled()
        scores = self._scorer.score_functions(functions, language, cancel)
        groups = (group_of(function.text, language) for function in functions)
        for is_judged in judged:
            yield Scored(next(scores), next(groups)) if is_judged else None


def _chunks(codes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The functions in chunks of at most :data:`_CHUNK_CHARACTERS`, or of one larger function."""
    chunk: dict[str, str] = {}
    characters = 0
    for key, code in codes.items():
        if chunk and characters + len(code) > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = {}, 0
        chunk[key] = code
        characters += len(code)
    if chunk:
        yield chunk
