"""The sentence about evidence by construct."""

from collections.abc import Mapping

import pytest

from codeorigin.explain.explanation import (
    Baseline,
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
)
from codeorigin.text.construct import Construct
from codeorigin.wording.explanations import by_construct, construct_name, share_of_code


def explanation(values: Mapping[Construct, float]) -> Explanation:
    found = [ConstructAttribution(construct, value, value, 0.0, 10) for construct, value in values.items()]
    total = sum(values.values())
    return Explanation(
        logit=total, baseline_logit=0.0, completeness_gap=0.0, approximate=False, nodes=0,
        method=Method.INTEGRATED_GRADIENTS, baseline=Baseline.MASK,
        lines=(LineAttribution(0, total, total, 0.0),), top_tokens=(),
        constructs=tuple(sorted(found, key=lambda each: -abs(each.value))),
    )  # fmt: skip


def test_every_construct_has_a_name() -> None:
    names = {construct_name(ConstructAttribution(each, 0.0, 0.0, 0.0, 1)) for each in Construct}
    assert len(names) == len(Construct)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {Construct.COMMENT: 2.0, Construct.CALL: 0.5, Construct.NAME: -1.0},
            "Most of the evidence towards LLM lies in comments (+2.00).",
        ),
        (
            {
                Construct.ERROR_HANDLING: -0.5,
                Construct.LAYOUT: -0.4,
                Construct.NAME: -0.3,
                Construct.CALL: 0.9,
            },
            "Most of the evidence towards human lies in error handling (-0.50) and layout (-0.40).",
        ),
        (
            dict.fromkeys(Construct, 0.1),
            "Much of the evidence towards LLM lies in comments (+0.10), docstrings (+0.10) and error handling (+0.10).",
        ),
        ({Construct.NAME: 0.001}, None),
        ({}, None),
    ],
)
def test_sentence_names_the_strongest_constructs_of_the_winning_side(
    values: Mapping[Construct, float], expected: str | None
) -> None:
    assert by_construct(explanation(values)) == expected


def test_shares_are_of_all_the_code() -> None:
    found = explanation(
        {Construct.COMMENT: 2.0, Construct.CALL: 0.5, Construct.NAME: -1.0, Construct.TYPE: 0.1}
    )
    assert {share_of_code(each, found) for each in found.constructs} == {"25 % of the code"}
