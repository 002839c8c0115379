from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as BpeTokenizer
from tokenizers import models

from codeorigin.core.errors import ModelError
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Encoding, Tokenizer
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


def test_a_tokenizer_of_another_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    BpeTokenizer(models.BPE()).save(str(path))
    with pytest.raises(ModelError, match="<pad> token is missing"):
        Tokenizer.load(path)
