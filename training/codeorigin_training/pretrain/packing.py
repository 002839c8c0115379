"""Functions of any length in rows of one length, so that next to nothing is padding."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from codeorigin.model.tokenizer import ngram_ids
from codeorigin_training.arrays import Booleans, Integers, Tokens

_SHORTEST = 2
"""Fewer tokens teach nothing: a lone one has no context."""


class PackedPiece(NamedTuple):
    """Tokens ``start`` to ``stop`` of a document."""

    document: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class PackedRows:
    """``ids``, ``document`` and ``positions``, int64 ``(B, T)``.

    ``document`` numbers the pieces of a row from 0, -1 is padding; ``positions`` restart with each. ``pieces`` says
    which documents they are.
    """

    ids: Integers
    document: Integers
    positions: Integers
    pieces: list[list[PackedPiece]]

    @property
    def real(self) -> Booleans:
        """``(B, T)``: what is not padding."""
        return self.document >= 0


def pack(lengths: Sequence[int], row_length: int, generator: np.random.Generator) -> list[list[PackedPiece]]:
    """Rows of pieces that fill at most ``row_length`` tokens each, in random order; longer documents are cut.

    Every token of a document of two or more tokens is used, save for a last one that a cut leaves alone.
    """
    pieces: list[PackedPiece] = []
    for document, length in enumerate(lengths):
        # The first cut wanders, so that the ends of windows do not always fall on the same token.
        first = (
            row_length if length <= row_length else int(generator.integers(row_length // 2, row_length + 1))
        )
        for start in (0, *range(first, length, row_length)):
            stop = min(length, first if start == 0 else start + row_length)
            if stop - start >= _SHORTEST:
                pieces.append(PackedPiece(document, start, stop))
    rows: list[list[PackedPiece]] = []
    # Best fit, the longest first: (room left, row), sorted by room.
    rooms: list[tuple[int, int]] = []
    shuffled = [pieces[number] for number in generator.permutation(len(pieces))]
    for piece in sorted(shuffled, key=lambda each: each.start - each.stop):
        length = piece.stop - piece.start
        place = bisect.bisect_left(rooms, (length, -1))
        if place < len(rooms):
            room, row = rooms.pop(place)
            rows[row].append(piece)
        else:
            room, row = row_length, len(rows)
            rows.append([piece])
        if room - length >= _SHORTEST:
            bisect.insort(rooms, (room - length, row))
    return [rows[number] for number in generator.permutation(len(rows))]


def lay_out(pieces: list[list[PackedPiece]], tokens: Tokens, row_length: int, pad_id: int) -> PackedRows:
    """The arrays ``(B, row_length)`` of the rows ``pieces``, padded."""
    document = np.full((len(pieces), row_length), -1, dtype=np.int64)
    positions = np.zeros(document.shape, dtype=np.int64)
    for row, row_pieces in enumerate(pieces):
        column = 0
        for number, piece in enumerate(row_pieces):
            length = piece.stop - piece.start
            document[row, column : column + length] = number
            positions[row, column : column + length] = np.arange(length)
            column += length
    return PackedRows(gather(pieces, tokens, row_length, pad_id), document, positions, pieces)


def gather(pieces: list[list[PackedPiece]], values: Tokens, row_length: int, padding: int) -> Integers:
    """``values``, an array for each document, laid out in rows as their tokens are: int64 ``(B, row_length)``."""
    out = np.full((len(pieces), row_length), padding, dtype=np.int64)
    for row, row_pieces in enumerate(pieces):
        column = 0
        for piece in row_pieces:
            length = piece.stop - piece.start
            out[row, column : column + length] = values[piece.document][piece.start : piece.stop]
            column += length
    return out


def document_ngrams(ids: Integers, positions: Integers, mask_id: int, buckets: int) -> Integers:
    """Hashed n-gram ids ``(B, T, 2)`` of packed ``ids``; none reaches over the start of its document."""
    if not buckets:
        return np.zeros((*ids.shape, 2), dtype=np.int64)
    ngrams = ngram_ids(ids, mask_id, buckets)
    for order in (1, 2):
        ngrams[..., order - 1][positions < order] = 0
    return ngrams


class RowStream:
    """Packed rows without end, packed anew in each epoch; ``epoch`` and ``place`` say where it stands."""

    def __init__(self, lengths: Sequence[int], row_length: int, seed: int) -> None:
        self.epoch, self.place = 0, 0
        self._lengths, self._row_length, self._seed = lengths, row_length, seed
        self._rows = self._packed()

    def seek(self, epoch: int, place: int) -> None:
        """Go on from where another stream over the same documents stood."""
        self.epoch, self.place = epoch, place
        self._rows = self._packed()

    def take(self, count: int) -> list[list[PackedPiece]]:
        """The next ``count`` rows."""
        taken: list[list[PackedPiece]] = []
        while len(taken) < count:
            if self.place == len(self._rows):
                self.seek(self.epoch + 1, 0)
            wanted = self._rows[self.place : self.place + count - len(taken)]
            self.place += len(wanted)
            taken += wanted
        return taken

    def _packed(self) -> list[list[PackedPiece]]:
        return pack(self._lengths, self._row_length, np.random.default_rng([self._seed, self.epoch]))
