"""Features of functions from the layers of a pretrained body, in shards, so that a later call can resume."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from codeorigin_training.arrays import Floats32, Integers
from codeorigin_training.corpus.rows import CorpusError, Row
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.pretrained.body import BodyTokenizer, body_ids, body_text

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FeatureConfig:
    """What is saved for a function: statistics of the states after ``layers`` over its first ``tokens`` tokens.

    ``batch_tokens`` limits a batch, including padding. A shard has ``shard`` functions. For the first ``states``
    functions of the order, the state of each token after ``states_layer`` is saved too, for attention pooling.
    """

    layers: tuple[int, ...] = (12, 16, 20, 24)
    tokens: int = 160
    shard: int = 64
    batch_tokens: int = 2048
    states: int = 0
    states_layer: int = 16


def extract(
    body: Any,
    tokenizer: BodyTokenizer,
    rows: Sequence[Row],
    order: Integers,
    folder: Path,
    config: FeatureConfig,
    log: Log,
    *,
    seconds: float = float("inf"),
) -> int:
    """Write the shards of ``rows[order]`` that are missing in ``folder``, in order, until ``seconds`` are over.

    A shard, such as ``00000.npz``, has ``rows`` int64 ``(N,)``, ``mean`` and ``deviation`` over the tokens, float16
    ``(N, layers, D)``, and ``lengths`` int64 ``(N,)``; the first shards also have ``states`` float16
    ``(sum of lengths, D)``.

    Returns:
        The number of functions in the folder.

    Raises:
        CorpusError: the folder has features of another order or other settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _same_or_new(folder / "features.json", order, config)
    started, held = time.monotonic(), 0
    for number, first in enumerate(range(0, len(order), config.shard)):
        chosen = order[first : first + config.shard]
        path = folder / f"{number:05d}.npz"
        if not path.is_file():
            if time.monotonic() - started > seconds:
                break
            wall, core = time.monotonic(), time.process_time()
            encoded = [
                body_ids(tokenizer, body_text(rows[i].code, rows[i].language), config.tokens) for i in chosen
            ]
            kept = _shard(body, encoded, config, with_states=first < config.states)
            with written_whole(path) as partial:
                np.savez(partial, rows=chosen, **kept)  # type: ignore[arg-type]
            core, wall = time.process_time() - core, time.monotonic() - wall
            log(f"{path.name}: {len(chosen)} functions, {core:.1f} core seconds, {wall:.1f} s")
        held = first + len(chosen)
    return held


def read_features(folder: Path) -> dict[str, npt.NDArray[Any]]:
    """``rows`` and ``lengths`` ``(N,)``, ``mean`` and ``deviation`` float32 ``(N, layers, D)`` of all shards so far.

    Raises:
        CorpusError: there are no shards.
    """
    shards = [np.load(path) for path in sorted(folder.glob("[0-9]*.npz"))]
    if not shards:
        raise CorpusError(f"{folder}: holds no features; extract some first")
    joined = {name: np.concatenate([shard[name] for shard in shards]) for name in ("rows", "lengths")}
    for name in ("mean", "deviation"):
        joined[name] = np.concatenate([shard[name] for shard in shards]).astype(np.float32)
    return joined


def read_states(folder: Path) -> Iterator[tuple[int, Floats32]]:
    """(row, states ``(length, D)``) of every function whose token states were saved."""
    for path in sorted(folder.glob("[0-9]*.npz")):
        shard = np.load(path)
        if "states" not in shard:
            return
        ends = np.cumsum(shard["lengths"])
        for row, part in zip(shard["rows"], np.split(shard["states"], ends[:-1]), strict=True):
            yield int(row), part.astype(np.float32)


def _same_or_new(path: Path, order: Integers, config: FeatureConfig) -> None:
    described = {
        "layers": list(config.layers),
        "tokens": config.tokens,
        "shard": config.shard,
        "functions": len(order),
        "order": int(np.dot(order % 9973, np.arange(len(order)) % 9967)),
    }
    if not path.is_file():
        write_whole(path, json.dumps(described) + "\n")
    elif json.loads(path.read_text()) != described:
        raise CorpusError(f"{path.parent}: holds other features; name another folder or delete this one")


def _shard(
    body: Any, encoded: Sequence[list[int]], config: FeatureConfig, *, with_states: bool
) -> dict[str, npt.NDArray[Any]]:
    lengths = np.array([len(ids) - 1 for ids in encoded], dtype=np.int64)
    shape = (len(encoded), len(config.layers), int(body.config.hidden_size))
    mean, deviation = np.zeros(shape, dtype=np.float16), np.zeros(shape, dtype=np.float16)
    states: dict[int, npt.NDArray[np.float16]] = {}
    device = next(body.parameters()).device
    for batch in _batches(lengths + 1, config.batch_tokens):
        width = int(lengths[batch].max()) + 1
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        mask = torch.zeros(len(batch), width, dtype=torch.long)
        for place, index in enumerate(batch):
            ids[place, : len(encoded[index])] = torch.tensor(encoded[index])
            mask[place, : len(encoded[index])] = 1
        with torch.inference_mode():
            layers = body(
                input_ids=ids.to(device),
                attention_mask=mask.to(device),
                output_hidden_states=True,
                use_cache=False,
            ).hidden_states
            # Skip the begin-of-document token, whose state is huge and the same everywhere.
            inside = mask[:, 1:, None].float().to(device)
            for level, layer in enumerate(config.layers):
                of_tokens = layers[layer][:, 1:].float()
                count = inside.sum(dim=1).clamp(min=1.0)
                means = (of_tokens * inside).sum(dim=1) / count
                spread = ((of_tokens - means[:, None]).square() * inside).sum(dim=1) / count
                mean[batch, level] = means.half().cpu().numpy()
                deviation[batch, level] = spread.sqrt().half().cpu().numpy()
            if with_states:
                of_layer = layers[config.states_layer].half().cpu().numpy()
                states |= {
                    index: of_layer[place, 1 : int(lengths[index]) + 1] for place, index in enumerate(batch)
                }
    kept: dict[str, npt.NDArray[Any]] = {"mean": mean, "deviation": deviation, "lengths": lengths}
    if with_states:
        kept["states"] = np.concatenate([states[index] for index in range(len(encoded))])
    return kept


def _batches(lengths: Integers, most: int) -> Iterator[list[int]]:
    """Batches of indices sorted by length, so that there is little padding."""
    batch: list[int] = []
    for index in np.argsort(lengths, kind="stable"):
        if batch and int(lengths[index]) * (len(batch) + 1) > most:
            yield batch
            batch = []
        batch.append(int(index))
    if batch:
        yield batch
