import numpy as np

from codeorigin.model.reading.normalize import normalize
from codeorigin_training.encoder.data import collate, crop, encode_rows, length_batches, type_dropout
from support.tiny_training import tiny_rows, tiny_tokenizer


def test_rows_are_encoded_as_in_the_server() -> None:
    tokenizer, rows = tiny_tokenizer(), tiny_rows(3)
    for row, ids in zip(rows, encode_rows(rows, tokenizer), strict=True):
        assert ids.tolist() == tokenizer.encode(normalize(row.code, row.language)).ids.tolist()


def test_tokens_do_not_cross_line_ends() -> None:
    tokenizer = tiny_tokenizer()
    for row in tiny_rows(5):
        normalized = normalize(row.code, row.language)
        encoding = tokenizer.encode(normalized)
        for start, end in zip(encoding.starts, encoding.ends, strict=True):
            piece = normalized.text[start:end]
            assert piece == "\n" or "\n" not in piece


def test_type_dropout_masks_all_or_no_occurrences_of_a_type() -> None:
    ids = np.array([5, 6, 5, 7, 6, 5, 8, 9, 10, 11])
    generator = np.random.default_rng(0)
    outcomes = set()
    for _ in range(50):
        dropped = type_dropout(ids, 0.5, 1, generator)
        assert len({bool(value) for value in dropped[ids == 5] == 1}) == 1
        assert (dropped[dropped != 1] == ids[dropped != 1]).all()
        outcomes.add(bool(dropped[0] == 1))
    assert outcomes == {True, False}


def test_crop_keeps_short_sequences_and_cuts_contiguous_windows() -> None:
    generator = np.random.default_rng(0)
    assert crop(np.arange(5), 8, generator).tolist() == [0, 1, 2, 3, 4]
    window = crop(np.arange(100), 8, generator)
    assert window.tolist() == list(range(window[0], window[0] + 8))


def test_batches_cover_all_rows_and_respect_token_budget() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 200)
    order = np.random.default_rng(1).choice(200, 300)
    batches = list(length_batches(lengths, order, 128, np.random.default_rng(2)))
    assert sorted(np.concatenate(batches).tolist()) == sorted(order.tolist())
    assert all(len(batch) * lengths[batch].max() <= 128 for batch in batches)


def test_padding_is_masked_and_has_no_ngrams() -> None:
    tokenizer = tiny_tokenizer()
    batch = collate([np.array([7, 8, 9, 10]), np.array([7, 8])], np.array([0, 1]), tokenizer, 64)
    assert batch.mask.tolist() == [[True] * 4, [True, True, False, False]]
    assert (batch.ids[1, 2:] == tokenizer.pad_id).all()
    assert (batch.ngrams[1, 2:] == 0).all()
    assert batch.ngrams[0, 1, 0] == batch.ngrams[1, 1, 0] > 0
