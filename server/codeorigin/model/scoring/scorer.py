"""The forward graph on onnxruntime: features of functions -> raw logits, in batches of windows.

A wide part in a separate file is computed with NumPy; the deep part next to it is loaded on first use.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.ngrams.counting import Counted
from codeorigin.model.ngrams.hashed_views import NgramViews, WideFeatures
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.batches import WindowRow, batches
from codeorigin.model.scoring.features import DeepAnswer, DeepSettings, Features, RawScore
from codeorigin.model.scoring.feeds import no_wide, wide_feed, windows_feed
from codeorigin.model.scoring.graph import Feed, Graph
from codeorigin.model.scoring.tokenizer import Encoding, Tokenizer
from codeorigin.model.scoring.wide_part import WidePart
from codeorigin.model.scoring.windows import split

_DEEP_INPUTS = ("ids", "mask", "window_function", "window_weight")
_WIDE_INPUTS = ("wide_ids", "wide_values", "wide_function")
_T = TypeVar("_T")


class Scorer:
    """Runs ``score.onnx`` and, if there is one, ``wide.onnx``. Not thread-safe."""

    def __init__(
        self,
        score_path: Path,
        *,
        threads: int = 1,
        wide: NgramViews | None,
        tokenizer: Tokenizer | Path | None,
        deep: DeepSettings | None,
        bias: float,
        language_bias: Mapping[str, float] = MappingProxyType({}),
        wide_path: Path | None = None,
    ) -> None:
        """Load the graph, or just the wide part's weights if there is no deep part or it is loaded later.

        Args:
            score_path: ``score.onnx`` of a bundle.
            threads: threads per operator; 0 lets onnxruntime decide.
            wide: the n-gram views, or None for a bundle without a wide part.
            tokenizer: the bundle's tokenizer, or its file, which is read on first use; None if and only if ``deep`` is.
            deep: settings of the deep part, or None for a bundle without one.
            bias: bias of the logit, which the graph contains as well.
            language_bias: what is added to the logit on top, by model language.
            wide_path: ``wide.onnx`` of a bundle whose deep part refines; ``score.onnx`` is then the deep part alone.

        Raises:
            ModelError: the graph cannot be read, or does not match these parts.
        """
        if (tokenizer is None) != (deep is None):
            raise ModelError(f"{score_path.name}: a deep part needs a tokenizer; reinstall the model")
        self.views = wide
        self.deep = deep
        self.refines = wide_path is not None
        """Whether the deep part runs on selected functions only, after the wide part."""
        self._tokenizer = tokenizer
        self._language_bias = language_bias
        self._path, self._threads = score_path, threads
        table = score_path if wide_path is None and deep is None else wide_path
        self._wide_part = WidePart.read(table, wide.table_size, bias) if wide and table else None
        if wide_path is not None and self._wide_part is None:
            raise ModelError(_not_described(wide_path))
        if self._wide_part is None:
            _ = self.graph

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1) -> "Scorer":
        """The scorer of a bundle.

        Raises:
            ModelError: as the constructor; or the tokenizer of a deep part that is not loaded later cannot be read.
        """
        tokenizer = bundle.tokenizer_path
        return cls(
            bundle.score_path,
            threads=threads,
            wide=bundle.views,
            tokenizer=Tokenizer.load(tokenizer) if tokenizer and bundle.wide_path is None else tokenizer,
            deep=bundle.deep,
            bias=bundle.bias,
            language_bias=bundle.language_bias,
            wide_path=bundle.wide_path,
        )

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The bundle's tokenizer; None without a deep part.

        Raises:
            ModelError: it cannot be read.
        """
        return _loaded(self._read_tokenizer)

    @property
    def graph(self) -> Graph:
        """The graph on the inference runtime; loaded on first access, and only tried once.

        Raises:
            ModelError: the graph cannot be read, or is a different one.
        """
        return _loaded(self._graph)

    @cached_property
    def _read_tokenizer(self) -> Tokenizer | ModelError | None:
        known = self._tokenizer
        return _tried(lambda: Tokenizer.load(known)) if isinstance(known, Path) else known

    @cached_property
    def _graph(self) -> Graph | ModelError:
        return _tried(self._load_graph)

    def _load_graph(self) -> Graph:
        graph = Graph(self._path, threads=self._threads)
        expected = (_DEEP_INPUTS if self.deep else ()) + (_WIDE_INPUTS if self._is_joint else ()) + ("prior",)
        if set(graph.inputs) != set(expected):
            raise ModelError(_not_described(self._path))
        return graph

    @property
    def _is_joint(self) -> bool:
        """Whether ``score.onnx`` computes the wide part."""
        return self.views is not None and self._wide_part is None

    def features(
        self,
        normalized: Normalized,
        language: str,
        *,
        with_occurrences: bool = False,
        deep: bool | None = None,
    ) -> Features:
        """What the model reads of one function.

        The positions of the n-grams are many times larger than the features themselves, so they are computed only
        ``with_occurrences``, which explanations need. Tokens are included if ``deep`` is True, or if it is None and the
        deep part does not refine.
        """
        if self.views is None:
            wide = None
        elif with_occurrences:
            wide = self.views.extract(normalized, language)
        else:
            (wide,) = self.views.extract_many([normalized.text], language)
        deep = not self.refines if deep is None else deep
        return self._with_tokens(normalized, wide, deep, self._bias_of(language))

    def features_of(self, functions: Sequence[Normalized], language: str) -> list[Features]:
        """What the model reads first of several functions of one language, without n-gram positions."""
        bias = self._bias_of(language)
        if self.views is None:
            return [self._with_tokens(function, None, bias=bias) for function in functions]
        extracted = self.views.extract_many([function.text for function in functions], language)
        return [
            self._with_tokens(*each, not self.refines, bias)
            for each in zip(functions, extracted, strict=True)
        ]

    def _bias_of(self, language: str) -> float:
        return self._language_bias.get(language, 0.0)

    def _with_tokens(
        self, normalized: Normalized, wide: WideFeatures | None, deep: bool = True, bias: float = 0.0
    ) -> Features:
        if not deep or self.deep is None or self.tokenizer is None:
            return Features(wide, None, (), bias)
        encoding = self.tokenizer.encode(normalized)
        windows = split(len(encoding.ids), self.deep.context, self.deep.overlap)
        return Features(wide, encoding, tuple(windows), bias)

    def score_functions(
        self, functions: Sequence[Normalized], language: str, cancel: CancelToken = NEVER
    ) -> list[RawScore]:
        """Raw scores of functions of one language, in order; raises like :meth:`score`."""
        cancel.raise_if_cancelled()
        if self._wide_part is None or self.views is None:
            return self.score(self.features_of(functions, language), cancel)
        scores: list[RawScore] = []
        bias = self._bias_of(language)
        for counted in self.views.count_many([function.text for function in functions], language):
            scores += _wide_scores(self._wide_part, counted, bias, deep=None if self.refines else 0.0)
            cancel.raise_if_cancelled()
        return scores

    def score(self, features: Sequence[Features], cancel: CancelToken = NEVER) -> list[RawScore]:
        """Raw scores of functions, in order.

        Windows are sorted by length to keep padding low. A deep part that refines runs only on functions with tokens.

        Raises:
            Cancelled: ``cancel`` was triggered; it is checked before every batch.
            ModelError: the graph failed.
        """
        count = len(features)
        logit, wide, deep = np.zeros(count), np.zeros(count), np.zeros(count)
        if self._wide_part is not None:
            cancel.raise_if_cancelled()
            found = self._wide_part.logits(_joined([each.wide for each in features]))
            logit, wide = found[0].astype(np.float64), found[1].astype(np.float64)
        asked = self._wide_part is None or any(each.windows for each in features)
        for rows in batches(features) if asked else ():
            cancel.raise_if_cancelled()
            functions = np.unique([row.function for row in rows])
            outputs = self.graph.run(self._outputs(), self._feed(features, rows, functions))
            deep_part = outputs.get("deep", np.zeros(len(functions)))
            deep[functions] += deep_part
            if self._wide_part is not None:
                logit[functions] += deep_part
                continue
            wide_part = outputs.get("wide", np.zeros(len(functions)))
            # Bias and wide part come with a function's first window; other windows only add to the deep part.
            first = np.isin(functions, [row.function for row in rows if row.first])
            wide[functions] += np.where(first, wide_part, 0.0)
            logit[functions] += np.where(first, outputs["logit"], deep_part)
        return [
            RawScore(
                float(logit[index]) + item.bias,
                float(wide[index]),
                None if self.refines and item.encoding is None else float(deep[index]),
                len(item.windows),
            )
            for index, item in enumerate(features)
        ]

    def deep_answer(self, normalized: Normalized, cancel: CancelToken = NEVER) -> DeepAnswer:
        """The deep part's answer about a function.

        Raises:
            Cancelled: ``cancel`` was triggered; it is checked before every batch.
            ModelError: there is no deep part, it cannot be loaded, or it failed.
        """
        if self.deep is None:
            raise ModelError("this model has no deep part")
        features = self._with_tokens(normalized, None)
        (raw,) = self.score([features], cancel)
        return DeepAnswer(raw.deep or 0.0, raw.windows)

    def deep_logits(
        self, windows: Sequence[npt.NDArray[np.int64]], cancel: CancelToken = NEVER
    ) -> npt.NDArray[np.float64]:
        """The encoder's logit ``(W,)`` of windows of token ids, without bias, wide part or pooling.

        Raises:
            Cancelled: ``cancel`` was triggered; it is checked before every batch.
            ModelError: the graph failed.
        """
        nowhere = np.zeros(0, dtype=np.int32)
        features = [
            Features(None, Encoding(ids, nowhere, nowhere, nowhere), tuple(split(len(ids), len(ids) or 1, 0)))
            for ids in windows
        ]
        return np.array([raw.deep or 0.0 for raw in self.score(features, cancel)], dtype=np.float64)

    def embed(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Embeddings ``(B, T, D)`` of windows of token ids ``(B, T)``, as the forward graph embeds them.

        Raises:
            ModelError: there is no deep part, or the graph failed.
        """
        if self.deep is None:
            raise ModelError("this model has no deep part, so it has no embeddings")
        if ids.size == 0:
            return np.zeros((*ids.shape, self.deep.dim), dtype=np.float32)
        feed: Feed = {
            "ids": ids,
            "mask": np.ones(ids.shape, dtype=np.bool_),
            "window_function": np.zeros(len(ids), dtype=np.int64),
            "window_weight": np.zeros(len(ids), dtype=np.float32),
            "prior": np.zeros(1, dtype=np.float32),
        }
        if self._is_joint:
            feed |= no_wide()
        embeddings: npt.NDArray[np.float32] = self.graph.run(["embeddings"], feed)["embeddings"]
        return embeddings

    def wide_weights(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Rows ``(N,)`` of the weight table: each is the wide logit of a function with just that n-gram.

        Raises:
            ModelError: there is no wide part, or the graph failed.
        """
        if self.views is None:
            raise ModelError("this model has no wide part, so it has no n-gram weights")
        if len(ids) == 0:
            return np.zeros(0, dtype=np.float32)
        if self._wide_part is not None:
            return self._wide_part.weights(ids)
        feed: Feed = {
            "wide_ids": ids,
            "wide_values": np.ones(len(ids), dtype=np.float32),
            "wide_function": np.arange(len(ids)),
            "prior": np.zeros(len(ids), dtype=np.float32),
        }
        if self.deep is not None:
            feed |= {
                "ids": np.zeros((1, 1), dtype=np.int64),
                "mask": np.ones((1, 1), dtype=np.bool_),
                "window_function": np.zeros(1, dtype=np.int64),
                "window_weight": np.zeros(1, dtype=np.float32),
            }
        weights: npt.NDArray[np.float32] = self.graph.run(["wide"], feed)["wide"]
        return weights

    def _outputs(self) -> list[str]:
        return ["logit", *(["wide"] if self._is_joint else []), *(["deep"] if self.deep else [])]

    def _feed(
        self, features: Sequence[Features], rows: Sequence[WindowRow], functions: npt.NDArray[np.int64]
    ) -> Feed:
        place = {int(function): index for index, function in enumerate(functions)}
        feed: Feed = {"prior": np.zeros(len(functions), dtype=np.float32)}
        if self.deep is not None:
            feed |= windows_feed(features, rows, place, self.tokenizer)
        if self._is_joint:
            feed |= wide_feed(features, rows, place)
        return feed


def _tried(load: Callable[[], _T]) -> _T | ModelError:
    """The loaded object, or the error, kept so that loading is not retried for every function."""
    try:
        return load()
    except ModelError as error:
        return error


def _loaded(found: _T | ModelError) -> _T:
    if isinstance(found, ModelError):
        raise ModelError(str(found)) from found
    return found


def _wide_scores(part: WidePart, counted: Counted, bias: float, *, deep: float | None) -> list[RawScore]:
    logits, wides = part.logits(counted)
    return [
        RawScore(logit + bias, wide, deep, 0)
        for logit, wide in zip(logits.tolist(), wides.tolist(), strict=True)
    ]


def _joined(features: Sequence[WideFeatures | None]) -> Counted:
    """The n-grams of all functions, end to end."""
    nothing = no_wide()
    ids = [nothing["wide_ids"], *(each.ids for each in features if each is not None)]
    values = [nothing["wide_values"], *(each.values for each in features if each is not None)]
    borders = np.cumsum([0, *(0 if each is None else len(each.ids) for each in features)])
    return Counted(np.concatenate(ids), np.concatenate(values), borders)


def _not_described(path: Path) -> str:
    return f"{path.name}: not the graph that the manifest describes; reinstall the model"
