"""Pack functions of any length into rows of a fixed length, with next to no padding."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from codeorigin.model.scoring.tokenizer import ngram_ids
from codeorigin_training.arrays import Booleans, Integers, Tokens

_SHORTEST = 2
"""Minimum number of tokens of a piece; a single token has no context to learn from."""


class PackedPiece(NamedTuple):
    """Tokens ``start`` to ``stop`` of a document."""

    document: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class PackedRows:
    """``ids``, ``document`` and ``positions``, int64 ``(B, T)``.

    ``document`` numbers the pieces of a row from 0, with -1 for padding; ``positions`` restart with each piece.
    ``pieces`` has the document of each.
    """

    ids: Integers
    document: Integers
    positions: Integers
    pieces: list[list[PackedPiece]]

    @property
    def real(self) -> Booleans:
        """Which tokens are not padding, ``(B, T)``."""
        return self.document >= 0


def pack(lengths: Sequence[int], row_length: int, generator: np.random.Generator) -> list[list[PackedPiece]]:
    """Rows of pieces with at most ``row_length`` tokens each, in random order; longer documents are split.

    Every token of a document of two or more tokens is used, except for a single last token left by a split.
    """
    pieces: list[PackedPiece] = []
    for document, length in enumerate(lengths):
        # The first split is random, so that windows do not always end at the same token.
        first = (
            row_length if length <= row_length else int(generator.integers(row_length // 2, row_length + 1))
        )
        for start in (0, *range(first, length, row_length)):
            stop = min(length, first if start == 0 else start + row_length)
            if stop - start >= _SHORTEST:
                pieces.append(PackedPiece(document, start, stop))
    rows: list[list[PackedPiece]] = []
    # Best fit, longest first: (room left, row), sorted by room.
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
    """``values``, one array for each document, laid out in rows like the tokens: int64 ``(B, row_length)``."""
    out = np.full((len(pieces), row_length), padding, dtype=np.int64)
    for row, row_pieces in enumerate(pieces):
        column = 0
        for piece in row_pieces:
            length = piece.stop - piece.start
            out[row, column : column + length] = values[piece.document][piece.start : piece.stop]
            column += length
    return out


def document_ngrams(ids: Integers, positions: Integers, mask_id: int, buckets: int) -> Integers:
    """Hashed n-gram ids ``(B, T, 2)`` of packed ``ids``; none crosses the start of its document."""
    if not buckets:
        return np.zeros((*ids.shape, 2), dtype=np.int64)
    ngrams = ngram_ids(ids, mask_id, buckets)
    for order in (1, 2):
        ngrams[..., order - 1][positions < order] = 0
    return ngrams


class RowStream:
    """An endless stream of rows, repacked in each epoch; ``epoch`` and ``place`` are its position."""

    def __init__(self, lengths: Sequence[int], row_length: int, seed: int) -> None:
        self.epoch, self.place = 0, 0
        self._lengths, self._row_length, self._seed = lengths, row_length, seed
        self._rows = self._packed()

    def seek(self, epoch: int, place: int) -> None:
        """Move to the position of another stream over the same documents."""
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
