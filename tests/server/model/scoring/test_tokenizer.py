from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import models

from codeorigin.errors import ModelError
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Encoding, Tokenizer, ngram_ids
from support.snippets import ALL
from support.tiny_model import tiny_tokenizer

ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from(" \t\n\r\f\u2028\x85\x00\ufeff<pad><mask>_09"),
        st.characters(codec=None),
        st.characters(categories=["Cs", "Mn"]),
    ),
    max_size=120,
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return tiny_tokenizer()


def encode(tokenizer: Tokenizer, code: str, language: str = "python") -> tuple[str, Encoding]:
    normalized = normalize(code, language)
    return normalized.text, tokenizer.encode(normalized)


def test_every_token_maps_to_its_line(tokenizer: Tokenizer) -> None:
    """CRLF, blank lines, tabs and an emoji that takes several tokens."""
    code = "def f(x):\r\n\r\n\tif x:  \r\n\t\treturn '😀'\r\n"
    text, encoding = encode(tokenizer, code)
    found = [
        (text[start:end], int(line))
        for start, end, line in zip(encoding.starts, encoding.ends, encoding.lines, strict=True)
    ]
    assert found == [
        *[("def", 0), (" ", 0), ("f", 0), ("(", 0), ("x", 0), ("):", 0), ("\n", 0), ("\n", 0)],
        *[("\t", 2), ("if", 2), (" ", 2), ("x", 2), (":", 2), ("\n", 2)],
        *[("\t\t", 3), ("return", 3), (" ", 3), ("'", 3), *[("😀", 3)] * 4, ("'", 3)],
    ]


def test_tokens_join_to_the_original_text(tokenizer: Tokenizer) -> None:
    for code, language in ALL:
        text, encoding = encode(tokenizer, code, language)
        pieces = zip(encoding.starts, encoding.ends, strict=True)
        assert "".join(text[start:end] for start, end in pieces) == text
        assert len(encoding.ids) < len(text)


@given(code=ANY_TEXT)
def test_any_text_is_covered_and_no_token_crosses_a_line_end(tokenizer: Tokenizer, code: str) -> None:
    text, encoding = encode(tokenizer, code)
    covered = np.zeros(len(text), dtype=bool)
    for start, end in zip(encoding.starts, encoding.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == "\n" or "\n" not in text[start:end]
        covered[start:end] = True
    assert covered.all()
    assert encoding.starts.tolist() == sorted(encoding.starts.tolist())
    assert encoding.lines.tolist() == normalize(code, "python").lines[encoding.starts].tolist()


@given(code=ANY_TEXT)
def test_code_that_spells_a_special_token_does_not_become_one(tokenizer: Tokenizer, code: str) -> None:
    _, encoding = encode(tokenizer, f"x = '<mask>{code}<pad>'")
    assert not np.isin(encoding.ids, [tokenizer.mask_id, tokenizer.pad_id]).any()


def test_empty_code_has_no_tokens(tokenizer: Tokenizer) -> None:
    _, encoding = encode(tokenizer, "\n")
    assert [len(part) for part in (encoding.ids, encoding.starts, encoding.ends, encoding.lines)] == [0] * 4


def test_saved_tokenizer_encodes_the_same(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path / "tokenizer.json")
    again = Tokenizer.load(tmp_path / "tokenizer.json")
    assert (again.pad_id, again.mask_id, again.vocab_size) == (
        tokenizer.pad_id,
        tokenizer.mask_id,
        tokenizer.vocab_size,
    )
    for code, language in ALL:
        normalized = normalize(code + "# <mask>", language)
        assert again.encode(normalized).ids.tolist() == tokenizer.encode(normalized).ids.tolist()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe"])
def test_broken_file_gives_a_one_line_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"^tokenizer\.json: .*reinstall the model$"):
        Tokenizer.load(path)


def test_a_tokenizer_of_another_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    BpeTokenizer(models.BPE()).save(str(path))
    with pytest.raises(ModelError, match="<pad> token is missing"):
        Tokenizer.load(path)


def reference_ngram(window: list[int], order: int, buckets: int) -> int:
    """The bucket of one token n-gram, in plain Python integers."""
    full = (1 << 64) - 1
    rolling = window[0] + 1
    for step, token in enumerate(window[1:], start=1):
        rolling = (rolling * (0x9E3779B97F4A7C15 + 2 * step) + token + 1) & full
    assert len(window) == order + 1
    return (rolling ^ (rolling >> 31)) % (buckets - 1) + 1


@given(st.lists(st.integers(0, 400), max_size=20), st.sampled_from([2, 3, 128, 1 << 15]))
def test_token_ngrams_end_at_their_token_and_skip_masks(tokens: list[int], buckets: int) -> None:
    mask = 1
    expected = [
        [
            reference_ngram(tokens[end - order : end + 1], order, buckets)
            if end >= order and mask not in tokens[end - order : end + 1]
            else 0
            for order in (1, 2)
        ]
        for end in range(len(tokens))
    ]
    found = ngram_ids(np.array(tokens, dtype=np.int64), mask, buckets)
    assert found.tolist() == expected
    assert found.shape == (len(tokens), 2)


def test_token_ngrams_of_a_batch_match_those_of_its_rows() -> None:
    ids = np.random.default_rng(0).integers(0, 50, (3, 9))
    batch = ngram_ids(ids, 1, 64)
    for row, found in zip(ids, batch, strict=True):
        assert found.tolist() == ngram_ids(row, 1, 64).tolist()
