"""Packing: at most one token of a document is lost, none is duplicated, none is visible across documents."""

import numpy as np
import torch

from codeorigin.model.scoring.tokenizer import ngram_ids
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.pretrain.packing import RowStream, document_ngrams, gather, lay_out, pack
from support.tiny_training import tiny_shape

LENGTHS = [3, 40, 1, 17, 64, 150, 0, 2, 31, 65]


def documents() -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.integers(2, 300, length).astype(np.int32) for length in LENGTHS]


def test_tokens_are_packed_once_and_no_row_is_too_long() -> None:
    for seed in range(20):
        rows = pack(LENGTHS, 64, np.random.default_rng(seed))
        assert all(sum(piece.stop - piece.start for piece in row) <= 64 for row in rows)
        places = [
            (piece.document, place)
            for row in rows
            for piece in row
            for place in range(piece.start, piece.stop)
        ]
        assert len(places) == len(set(places))
        for number, length in enumerate(LENGTHS):
            seen = sum(document == number for document, _ in places)
            assert seen >= length - 1 if length > 1 else seen == 0


def test_rows_are_nearly_full() -> None:
    lengths = np.random.default_rng(0).integers(5, 60, 400).tolist()
    rows = pack(lengths, 128, np.random.default_rng(0))
    assert len(rows) * 128 < 1.02 * sum(lengths)


def test_long_documents_are_cut_at_random_places() -> None:
    cuts = {
        row[0].stop
        for seed in range(10)
        for row in pack([150], 64, np.random.default_rng(seed))
        if not row[0].start
    }
    assert len(cuts) > 3
    assert max(cuts) <= 64


def test_positions_and_documents_follow_the_pieces() -> None:
    tokens = documents()
    rows = pack(LENGTHS, 64, np.random.default_rng(1))
    packed = lay_out(rows, tokens, 64, pad_id=0)
    for row, pieces in enumerate(rows):
        for number, piece in enumerate(pieces):
            here = packed.document[row] == number
            np.testing.assert_array_equal(
                packed.ids[row][here], tokens[piece.document][piece.start : piece.stop]
            )
            np.testing.assert_array_equal(packed.positions[row][here], np.arange(here.sum()))
    assert (packed.ids[~packed.real] == 0).all()
    np.testing.assert_array_equal(gather(rows, tokens, 64, padding=0), packed.ids)


def test_ngrams_do_not_cross_the_start_of_their_document() -> None:
    tokens = documents()
    rows = pack(LENGTHS, 64, np.random.default_rng(1))
    packed = lay_out(rows, tokens, 64, pad_id=0)
    ngrams = document_ngrams(packed.ids, packed.positions, 1, 64)
    for row, pieces in enumerate(rows):
        for number, piece in enumerate(pieces):
            alone = ngram_ids(tokens[piece.document][piece.start : piece.stop].astype(np.int64), 1, 64)
            np.testing.assert_array_equal(ngrams[row][packed.document[row] == number], alone)


def test_hidden_states_do_not_depend_on_other_documents() -> None:
    torch.manual_seed(0)
    encoder = CompactEncoder(tiny_shape(2)).eval()
    first = np.arange(10, 30, dtype=np.int32)
    states = []
    for other in (np.arange(40, 65, dtype=np.int32), np.arange(200, 225, dtype=np.int32)[::-1]):
        packed = lay_out(pack([20, 25], 64, np.random.default_rng(0)), [first, other], 64, pad_id=0)
        ngrams = document_ngrams(packed.ids, packed.positions, 1, 64)
        document = torch.from_numpy(packed.document)
        hidden = encoder.hidden(
            encoder.embed(torch.from_numpy(packed.ids), torch.from_numpy(ngrams)),
            document[:, :, None] == document[:, None, :],
            torch.from_numpy(packed.positions),
        )
        number = next(at for at, piece in enumerate(packed.pieces[0]) if piece.document == 0)
        states.append((hidden[0, document[0] == number], hidden[0, document[0] == 1 - number]))
    torch.testing.assert_close(states[0][0], states[1][0], rtol=0, atol=0)
    assert not torch.allclose(states[0][1], states[1][1])


def test_stream_resumes_from_a_saved_position() -> None:
    stream = RowStream([20] * 11, 64, seed=3)
    stream.take(7)
    again = RowStream([20] * 11, 64, seed=3)
    again.seek(stream.epoch, stream.place)
    assert stream.epoch > 0
    assert again.take(9) == stream.take(9)


def test_epochs_are_packed_differently() -> None:
    stream = RowStream([20] * 30, 64, seed=3)
    assert stream.take(10) != stream.take(10)
