"""The sentences about what evidence is made of."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from codeorigin.explain.explanation import (
    Baseline,
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
)
from codeorigin.languages.construct import Construct
from codeorigin.model.past import PastShare
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report.explanations import by_construct, construct_name, evidence_sentence, share_of_code


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


@pytest.mark.parametrize(
    ("values", "band", "expected"),
    [
        (
            {Construct.LITERAL: 2.0, Construct.COMMENT: 1.9, Construct.CALL: 0.5},
            Band.LLM,
            "Mostly literals and comments",
        ),
        (dict.fromkeys(Construct, -0.1), Band.HUMAN, "Partly comments, docstrings and error handling"),
        ({Construct.LITERAL: 2.0}, Band.HUMAN, "Its own lines point to an LLM"),
        ({Construct.LITERAL: -2.0}, Band.UNSURE, "Its own lines point to a person"),
        ({}, Band.LLM, "Its own lines point neither way"),
    ],
)
def test_sentence_says_what_the_evidence_is_made_of(
    values: Mapping[Construct, float], band: Band, expected: str
) -> None:
    found = explanation(values)
    assert evidence_sentence(found, Verdict(0.9, 2.0, band), band) == f"{expected}."


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (0.62, "; the rest of the file agrees."),
        (-0.62, "; the rest of the file points to a person."),
        (0.001, "; the rest of the file points neither way."),
    ],
)
def test_sentence_says_whether_the_rest_of_the_file_agrees(evidence: float, expected: str) -> None:
    verdict = Verdict(0.9, 2.0, Band.LLM, file_evidence=evidence, neighbours=3)
    said = evidence_sentence(explanation({Construct.LITERAL: 2.0}), verdict, Band.LLM)
    assert said == f"Mostly literals{expected}"
    whole = replace(verdict, file_evidence=None, commit_evidence=1.0, past=PastShare(40, 9, -0.3))
    assert evidence_sentence(explanation({Construct.LITERAL: 2.0}), whole, Band.LLM) == (
        "Mostly literals; the project's old code scores high as well; the rest of its commit agrees."
    )


def test_shares_are_of_all_the_code() -> None:
    found = explanation(
        {Construct.COMMENT: 2.0, Construct.CALL: 0.5, Construct.NAME: -1.0, Construct.TYPE: 0.1}
    )
    assert {share_of_code(each, found) for each in found.constructs} == {"25 % of the code"}
