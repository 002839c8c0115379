"""Evidence by construct: it adds up to the same total as the lines, and lies where the code says."""

import numpy as np
import pytest

from codeorigin.core.cancellation import NEVER
from codeorigin.explain import constructs
from codeorigin.explain.constructs import construct_attributions, normalized_constructs, token_characters
from codeorigin.explain.explanation import Aggregation, ExplainOptions, Explanation
from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin.languages.parser_pool import ParseBudgetError
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Encoding
from support.snippets import ALL, PARSER, long_function
from support.tiny_model import TinyModel

SNIPPET = "@cached\r\ndef f(né):\r\n\r\n\tif né:  # 😀\r\n\t\tprint('😀',\tné)\r\n\r\n\treturn  né\r\n\r\n"


@pytest.mark.parametrize(
    ("code", "language"), [*ALL, (long_function(12), "python"), (SNIPPET, "python"), ("", "python")]
)
@pytest.mark.parametrize("aggregation", Aggregation)
def test_constructs_add_up_to_the_lines(
    tiny_model: TinyModel, code: str, language: str, aggregation: Aggregation
) -> None:
    found = tiny_model.explainer().explain(code, language, options=ExplainOptions(aggregation=aggregation))
    for part in ("value", "wide", "deep"):
        of_lines = sum(getattr(line, part) for line in found.lines)
        assert sum(getattr(each, part) for each in found.constructs) == pytest.approx(of_lines, abs=1e-9)
    assert sum(each.characters for each in found.constructs) == len(normalize(code, language).text)
    values = [abs(each.value) for each in found.constructs]
    assert values == sorted(values, reverse=True)


def test_snippet_has_the_expected_constructs(tiny_model: TinyModel) -> None:
    found = tiny_model.explainer().explain(PARSER, "python")
    assert {each.construct for each in found.constructs} == set(Construct) - {
        Construct.COMMENT,
        Construct.DOCSTRING,
        Construct.TYPE,
        Construct.KEYWORD,
    }


def test_text_that_takes_too_long_to_parse_has_no_constructs(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object) -> None:
        raise ParseBudgetError("too long")

    monkeypatch.setattr(constructs, "character_constructs", give_up)
    found = explained(tiny_model, ExplainOptions())
    assert found.lines
    assert not found.constructs


def explained(tiny_model: TinyModel, options: ExplainOptions) -> Explanation:
    return tiny_model.explainer().explain(PARSER, "python", options=options)


def test_indentation_and_line_ends_are_layout() -> None:
    normalized = normalize(SNIPPET, "python")
    codes = normalized_constructs(SNIPPET, normalized, "python", NEVER)
    assert codes is not None
    of_text = [CONSTRUCTS[code] for code in codes]
    for character, construct in zip(normalized.text, of_text, strict=True):
        assert (construct is Construct.LAYOUT) == (character in "\n\t")
    for piece, construct in (
        ("def f(né)", Construct.SIGNATURE),
        ("# 😀", Construct.COMMENT),
        ("'😀'", Construct.LITERAL),
        ("return", Construct.CONTROL_FLOW),
    ):
        start = normalized.text.index(piece)
        assert set(of_text[start : start + len(piece)]) == {construct}


def test_token_is_divided_among_its_nonblank_characters() -> None:
    text = "a  (\n\n"
    encoding = Encoding(
        np.array([1, 2, 3]), np.array([0, 1, 4]), np.array([1, 4, 6]), np.array([0, 0, 0], dtype=np.int32)
    )
    values = token_characters(np.array([1.0, -2.0, 4.0]), encoding, text)
    assert values.tolist() == [1.0, 0.0, 0.0, -2.0, 2.0, 2.0]


def test_values_of_a_construct_are_summed() -> None:
    comment, name = CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.NAME)
    codes = np.array([comment, name, comment], dtype=np.int8)
    first, second = construct_attributions(np.array([1.0, 0.5, 2.0]), np.array([0.0, -4.0, 0.25]), codes)
    assert (first.construct, first.value, first.wide, first.deep) == (Construct.NAME, -3.5, 0.5, -4.0)
    assert (second.construct, second.value, second.characters) == (Construct.COMMENT, 3.25, 2)
