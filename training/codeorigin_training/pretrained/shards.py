"""Store an encoder in a few small files: matrices in 4 or 8 bits in blocks of 32, split so that no file is large."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from codeorigin_training.arrays import Floats32
from codeorigin_training.blocks import GROUP, Blocks, check_bits, splits_into_blocks, to_blocks
from codeorigin_training.encoder.interface import Encoder, EncoderError
from codeorigin_training.encoder.registry import describe, make_described
from codeorigin_training.files import write_whole

_HEADERS = 500
"""Overhead of an array in an archive, in bytes."""
_MANIFEST = "encoder.json"
Arrays = dict[str, npt.NDArray[Any]]


def write_shards(
    encoder: Encoder, folder: Path, *, bits: int = 8, most_bytes: int = 15_000_000
) -> list[Path]:
    """Write ``encoder`` into ``folder``, in files of at most about ``most_bytes``.

    Args:
        encoder: encoder of a class in the registry.
        folder: created if missing; existing shards are replaced.
        bits: 4 or 8 for matrices; vectors take 16.
        most_bytes: approximate maximum size of a file.

    Raises:
        ValueError: ``bits`` is neither 4 nor 8.
    """
    check_bits(bits)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*.npz"):
        old.unlink()
    paths: list[Path] = []
    waiting: Arrays = {}

    def flush() -> None:
        if waiting:
            paths.append(folder / f"part-{len(paths)}.npz")
            np.savez(paths[-1], **waiting)  # type: ignore[arg-type]
            waiting.clear()

    for name, start, piece in _pieces(encoder, most_bytes // 8):
        packed = {f"{name}@{start}@{kind}": array for kind, array in _packed(piece, bits).items()}
        if waiting and _size(waiting) + _size(packed) > most_bytes:
            flush()
        waiting |= packed
    flush()
    described = {"encoder": describe(encoder), "bits": bits, "parts": len(paths)}
    write_whole(folder / _MANIFEST, json.dumps(described) + "\n")
    return paths


def read_shards(folder: Path) -> Encoder:
    """The encoder that :func:`write_shards` wrote into ``folder``, in evaluation mode.

    Raises:
        EncoderError: the folder has no encoder, or only a part of one.
    """
    if not (folder / _MANIFEST).is_file():
        raise EncoderError(f"{folder}: holds no encoder in shards")
    described = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    encoder = make_described(described["encoder"])
    found: dict[str, dict[int, Arrays]] = {}
    for number in range(described["parts"]):
        path = folder / f"part-{number}.npz"
        if not path.is_file():
            raise EncoderError(f"{path}: not found; the encoder needs all {described['parts']} parts")
        with np.load(path) as kept:
            for key in kept.files:
                name, start, kind = key.split("@")
                found.setdefault(name, {}).setdefault(int(start), {})[kind] = kept[key]
    state = encoder.state_dict()
    for name, value in state.items():
        pieces = found.get(name, {})
        joined = [_unpacked(pieces[start], value.shape[1:], described["bits"]) for start in sorted(pieces)]
        if not joined or sum(map(len, joined)) != len(value):
            raise EncoderError(f"{folder}: {name} is missing or of another shape")
        state[name] = torch.from_numpy(np.concatenate(joined)).to(value.dtype)
    encoder.load_state_dict(state)
    return encoder.eval()


def _size(arrays: Arrays) -> int:
    return sum(array.nbytes + _HEADERS for array in arrays.values())


def _pieces(encoder: Encoder, most_numbers: int) -> Iterator[tuple[str, int, Floats32]]:
    """(name, first row, rows) of every weight."""
    for name, value in encoder.state_dict().items():
        array = value.detach().float().cpu().numpy()
        rows = max(1, most_numbers // max(1, int(np.prod(array.shape[1:]))))
        for start in range(0, len(array), rows):
            yield name, start, array[start : start + rows]


def _packed(array: Floats32, bits: int) -> Arrays:
    if not splits_into_blocks(array.shape):
        return {"plain": array.astype(np.float16)}
    blocks = to_blocks(array, bits)
    return {"codes": blocks.packed, "low": blocks.low, "step": blocks.step}


def _unpacked(arrays: Arrays, shape: tuple[int, ...], bits: int) -> Floats32:
    if "plain" in arrays:
        plain: Floats32 = arrays["plain"].astype(np.float32)
        return plain
    (columns,) = shape
    low, step = (arrays[kind].reshape(-1, columns // GROUP) for kind in ("low", "step"))
    return Blocks(bits, arrays["codes"].reshape(len(low), -1), low, step).values
