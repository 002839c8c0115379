"""What is masked, how much of it, and what replaces it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.own_vocabulary import own_tokenizer
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.masking import MaskingVocabulary, choose, corrupt
from codeorigin_training.pretrain.packing import PackedRows, lay_out, pack
from support.tiny_roberta import write_tiny_roberta
from support.tiny_training import tiny_rows, tiny_tokenizer

VOCABULARY = MaskingVocabulary.of(tiny_tokenizer())


def packed(rows: int = 300) -> PackedRows:
    tokenizer = tiny_tokenizer()
    tokens = [
        tokenizer.encode(normalize(row.code, row.language)).ids.astype(np.int32) for row in tiny_rows(rows)
    ]
    pieces = pack([len(ids) for ids in tokens], 256, np.random.default_rng(0))
    return lay_out(pieces, tokens, 256, tokenizer.pad_id)


def test_newline_token_is_found() -> None:
    ids = tiny_tokenizer().encode(normalize("a = 1\nb = 2\nc = 3", "python")).ids
    assert (ids == VOCABULARY.newline_id).sum() == 2
    assert not {VOCABULARY.mask_id, VOCABULARY.pad_id} & set(VOCABULARY.ordinary.tolist())


def test_special_tokens_are_never_drawn_whatever_their_ids(tmp_path: Path) -> None:
    own, _ = own_tokenizer(str(write_tiny_roberta(tmp_path)))
    tokenizer = Tokenizer(own)
    vocabulary = MaskingVocabulary.of(tokenizer)
    # As in CodeBERT: four come first, and MASK is the last id.
    special = {0, 1, 2, 3, tokenizer.vocab_size - 1}
    assert tokenizer.special_ids == special
    assert tokenizer.mask_id == tokenizer.vocab_size - 1
    ids = np.full((400, 64), vocabulary.newline_id)
    drawn = corrupt(ids, np.ones_like(ids, dtype=bool), vocabulary, 0.0, 1.0, np.random.default_rng(0))
    assert set(drawn.ravel().tolist()) == set(range(tokenizer.vocab_size)) - special


@pytest.mark.parametrize("whole_line_share", [0.0, 1.0])
@pytest.mark.parametrize("mask_rate", [0.15, 0.25])
def test_masked_share_matches_the_mask_rate(mask_rate: float, whole_line_share: float) -> None:
    config = PretrainConfig(mask_rate=mask_rate, whole_line_share=whole_line_share)
    rows = packed()
    chosen = choose(rows, VOCABULARY, config, np.random.default_rng(0))
    can_be = rows.real & (rows.ids != VOCABULARY.newline_id) if whole_line_share else rows.real
    assert not chosen[~can_be].any()
    assert chosen[can_be].mean() == pytest.approx(mask_rate, abs=0.015)


def test_lines_are_masked_whole_or_not_at_all() -> None:
    rows = packed()
    config = PretrainConfig(whole_line_share=1.0)
    chosen = choose(rows, VOCABULARY, config, np.random.default_rng(1))
    lines: dict[tuple[int, int, int], list[bool]] = {}
    for row in range(len(rows.ids)):
        line = 0
        for column in np.flatnonzero(rows.real[row]):
            if rows.ids[row, column] == VOCABULARY.newline_id:
                line += 1
                continue
            lines.setdefault((row, rows.document[row, column], line), []).append(bool(chosen[row, column]))
    assert len(lines) > 1000
    assert all(len(set(flags)) == 1 for flags in lines.values())
    assert {flags[0] for flags in lines.values()} == {True, False}


def test_configured_share_of_documents_is_masked_by_whole_lines() -> None:
    rows = packed()
    config = PretrainConfig(whole_line_share=0.3, mask_rate=0.5)
    chosen = choose(rows, VOCABULARY, config, np.random.default_rng(2))
    newline = rows.ids == VOCABULARY.newline_id
    untouched = []
    for row, pieces in enumerate(rows.pieces):
        for number in range(len(pieces)):
            ends = newline[row] & (rows.document[row] == number)
            if ends.sum() >= 6:
                untouched.append(not chosen[row][ends].any())
    assert np.mean(untouched) == pytest.approx(0.3, abs=0.1)


def test_masked_tokens_are_corrupted_80_10_10() -> None:
    rows = packed()
    chosen = np.random.default_rng(0).random(rows.ids.shape) < 0.5
    shown = corrupt(rows.ids, chosen, VOCABULARY, 0.8, 0.1, np.random.default_rng(1))
    np.testing.assert_array_equal(shown[~chosen], rows.ids[~chosen])
    masked = shown[chosen] == VOCABULARY.mask_id
    kept = shown[chosen] == rows.ids[chosen]
    assert masked.mean() == pytest.approx(0.8, abs=0.01)
    assert kept.mean() == pytest.approx(0.1, abs=0.01)
    others = shown[chosen][~masked & ~kept]
    assert set(others.tolist()) <= set(VOCABULARY.ordinary.tolist())


@pytest.mark.parametrize(
    "wrong",
    [
        {"mask_rate": 0.0},
        {"detection_share": 1.0},
        {"mask_token_share": 0.8, "random_share": 0.3},
        {"steps": 0},
        {"warm_up": 1.0},
        {"averaging": 1.0},
        {"rows": 0},
        {"learning_rate": 0.0},
    ],
)
def test_invalid_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        dataclasses.replace(PretrainConfig(), **wrong)  # type: ignore[arg-type]
