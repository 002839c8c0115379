"""What is said about functions, shares, the past, records and evidence, sentence by sentence."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from codeorigin.explain.explanation import ConstructAttribution, Explanation, LineAttribution, Method
from codeorigin.languages.constructs import Construct
from codeorigin.model.past import Past, PastShare
from codeorigin.model.scoring.deep_settings import Baseline
from codeorigin.model.verdict import Band, Limits, PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.records.record import UNTRACKED, Record, RecordSource, Strength, WrittenBy
from codeorigin.report import CAVEAT, FULL_CAVEAT
from codeorigin.report.declared import declared_sentence, record_label
from codeorigin.report.explanations import by_construct, construct_name, evidence_sentence, share_of_code
from codeorigin.report.shares import (
    errors_here,
    human_phrase,
    llm_phrase,
    one_in,
    past_phrase,
    past_sentence,
    shares_sentence,
)
from codeorigin.report.verdicts import (
    band_or_reason,
    finding,
    opening,
    own_text,
    reading,
    reading_or_reason,
    reason,
    reported_from,
    short_reason,
    windows_note,
)

VERDICT = Verdict(
    probability=0.824, logit=1.5, band=Band.UNSURE, human_share=0.012, llm_share=0.31,
    llm_threshold=0.9, human_threshold=0.3, language="rust",
)  # fmt: skip
LLM = replace(VERDICT, probability=0.991, band=Band.LLM, human_share=0.0004, language="csharp")
HUMAN = replace(VERDICT, band=Band.HUMAN, human_share=0.75, llm_share=0.03, language="csharp")
COMMIT = PooledVerdict(0.9, 1.0, Band.LLM, 5, human_share=0.004, llm_share=0.5, language="go")
SHORT = Verdict.without(Reason.TOO_SHORT)
HERE = "in this file point to a person (-0.10)"
PAST = "this project's own 1,240 functions from before December 2022"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (finding("parse", LLM, Band.LLM), "`parse`: likely LLM (99 %)"),
        (finding("parse", Verdict(0.999, 9.0, Band.LLM), Band.LLM), "`parse`: likely LLM (over 99 %)"),
        (finding("parse", VERDICT, Band.UNSURE), "`parse`: unsure (LLM 82 %)"),
        (finding("parse", VERDICT, Band.HUMAN), "`parse`: human (LLM 82 %)"),
        (
            " | ".join(opening(VERDICT, Band.LLM)),
            "Likely LLM | 1 in 100 human-written Rust functions score this high",
        ),
        (
            " | ".join(opening(HUMAN, Band.HUMAN)),
            "Human | 3 in 4 human-written C# functions score this or higher",
        ),
        (" | ".join(opening(Verdict(0.3, 0.1, Band.UNSURE), Band.UNSURE)), "Unsure | the estimate is 30 %"),
        (" | ".join(opening(SHORT, None)), "No verdict | the function is too short to judge"),
        (reading_or_reason(SHORT, None), "No verdict: the function is too short to judge"),
        (reading_or_reason(VERDICT, Band.HUMAN), "Human (LLM 82 %)"),
        (band_or_reason(SHORT), "too short"),
        (band_or_reason(VERDICT), "unsure"),
        (reported_from(VERDICT, Limits()), "at 90 % or more"),
        (reported_from(VERDICT, Limits(threshold=0.999)), "at 99.9 % or more, your own threshold"),
        (
            reported_from(VERDICT, Limits(false_positive_rate=0.00125)),
            "when at most 0.125 % of human-written functions score as high, the share that you set",
        ),
        (windows_note(replace(VERDICT, windows=1)), None),
        (windows_note(replace(VERDICT, windows=3)), "A long function, scored in 3 overlapping windows."),
        (shares_sentence(LLM), "Fewer than 1 in 1,000 human-written C# functions score this high."),
        (llm_phrase(HUMAN), "3 in 100 LLM-written C# functions score this low"),
        (shares_sentence(COMMIT, "commits"), "4 in 1,000 human-written Go commits score this high."),
        (human_phrase(replace(COMMIT, language=None), "commits"), "4 in 1,000 human-written commits score this high"),
        (shares_sentence(SHORT), None),
        (shares_sentence(PooledVerdict.without(PooledReason.MERGE), "commits"), None),
        (
            past_sentence(Past((0.5,) * 1240, -0.414)),
            f"Compared with {PAST}, which score higher than usual: that counts -0.41 for every function.",
        ),
        (past_sentence(Past((0.5,) * 1240, 0.0)), f"Compared with {PAST}, which score as usual or lower."),
        (errors_here(Past((0.5,) * 1240, 0.0, flagged=3)), f"Of {PAST}, 3 would be flagged."),
        (
            errors_here(None),
            "How often it errs here is unknown: too little code from before December 2022.",
        ),
        (past_phrase(PastShare(1240, 3, 0.0)), f"of {PAST}, 3 score as high"),
        (past_phrase(PastShare(1240, 1, 0.0)), f"of {PAST}, 1 scores as high"),
    ],
)  # fmt: skip
def test_sentences(said: str | None, expected: str | None) -> None:
    assert said == expected


def test_every_reason_has_its_own_words_and_no_reading() -> None:
    assert (
        len({reason(each) for each in Reason}) == len({short_reason(each) for each in Reason}) == len(Reason)
    )
    with pytest.raises(ValueError, match="without a verdict"):
        reading(SHORT, None)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "fewer than 1 in 1,000"),
        (0.00099, "fewer than 1 in 1,000"),
        (0.001, "1 in 1,000"),
        (0.00949, "9 in 1,000"),
        (0.0095, "1 in 100"),
        (0.1, "1 in 10"),
        (0.31, "31 in 100"),
        (0.75, "3 in 4"),
        (0.994, "99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_share_is_never_a_claim_of_certainty(share: float, said: str) -> None:
    assert one_in(share) == said


@pytest.mark.parametrize(
    ("evidence", "neighbours", "past", "expected"),
    [
        (0.62, 11, None, "the 11 other functions in this file point to an LLM (+0.62)."),
        (-0.404, 2, None, "the 2 other functions in this file point to a person (-0.40)."),
        (0.62, 1, None, "the other function in this file points to an LLM (+0.62)."),
        (0.0049, 11, None, "the 11 other functions in this file point neither way."),
        (0.005, 11, None, "the 11 other functions in this file point to an LLM (+0.01)."),
        (-0.1, 2, PastShare(1240, 1, 0.0), f"of {PAST}, 1 scores as high; the 2 other functions {HERE}."),
        (None, 0, PastShare(1240, 2, -0.3), f"of {PAST}, 2 score as high."),
    ],
)  # fmt: skip
def test_own_text_and_what_is_added_are_described(
    evidence: float | None, neighbours: int, past: PastShare | None, expected: str
) -> None:
    own = Verdict(0.7, 0.5, Band.UNSURE, own_probability=0.64)
    verdict = replace(own, file_evidence=evidence, neighbours=neighbours, past=past)
    assert own_text(verdict) == f"By its own text 64 %; {expected}"
    assert own_text(own) is own_text(SHORT) is None


def test_nobody_is_named_or_accused() -> None:
    said = [CAVEAT, FULL_CAVEAT, *(finding("f", VERDICT, band) for band in Band), *map(reason, Reason)]
    said += [
        str(own_text(replace(VERDICT, own_probability=0.6, file_evidence=each))) for each in (-1.0, 0.0, 1.0)
    ]
    accused = r"copilot|gpt|claude|gemini|cheat|plagiari|suspicious|fake"
    assert not re.search(accused, " ".join(said), re.IGNORECASE)


def by(tool: str) -> Record:
    return Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, tool)


@pytest.mark.parametrize(
    ("first", "records", "expected"),
    [
        (
            10,
            [UNTRACKED, None, by("codex"), by("codex"), None, by("codex")],
            "Declared: lines 12-13, 15 by codex (git-ai); line 10 untracked (git-ai)",
        ),
        (1, [None, None], None),
        (1, [], None),
        (
            1,
            [by("codex") if line % 2 else None for line in range(1, 301)],
            "Declared: lines 1, 3, 5 and 147 more lines by codex (git-ai)",
        ),
        (
            1,
            [by(f"t-{number}") for number in range(5)],
            "Declared: line 1 by t-0 (git-ai); line 2 by t-1 (git-ai); line 3 by t-2 (git-ai); 2 more lines by others",
        ),
    ],
)
def test_declared_lines_are_told_in_one_short_line(
    first: int, records: list[Record | None], expected: str | None
) -> None:
    assert declared_sentence(first, records) == expected


LABELS = {
    "a known person (git-ai)": Record(RecordSource.GIT_AI, WrittenBy.PERSON, Strength.LINES),
    "claude, claude-opus-4-6 (commit, trailer)": Record(
        RecordSource.TRAILER, WrittenBy.AGENT, Strength.COMMIT, "claude", "claude-opus-4-6"
    ),
    "claude (helped, trailer)": Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.MENTION, "claude"),
    "cursor and a person (stale, agent-trace)": Record(
        RecordSource.AGENT_TRACE, WrittenBy.MIXED, Strength.LINES, "cursor", is_stale=True
    ),
    "a person (file, header)": Record(RecordSource.HEADER, WrittenBy.PERSON, Strength.FILE),
    "an agent (file, header)": Record(RecordSource.HEADER, WrittenBy.AGENT, Strength.FILE),
    "an agent and a person (file, header)": Record(RecordSource.HEADER, WrittenBy.MIXED, Strength.FILE),
    "untracked (git-ai)": UNTRACKED,
    "-": None,
}


@pytest.mark.parametrize("label", LABELS)
def test_a_record_has_one_label_everywhere(label: str) -> None:
    assert record_label(LABELS[label]) == label


def explanation(values: Mapping[Construct, float]) -> Explanation:
    found = [ConstructAttribution(construct, value, value, 0.0, 10) for construct, value in values.items()]
    total = sum(values.values())
    return Explanation(
        logit=total, baseline_logit=0.0, completeness_gap=0.0, approximate=False, nodes=0,
        method=Method.INTEGRATED_GRADIENTS, baseline=Baseline.MASK,
        lines=(LineAttribution(0, total, total, 0.0),), top_tokens=(),
        constructs=tuple(sorted(found, key=lambda each: -abs(each.value))),
    )  # fmt: skip


COMMENTS = {Construct.COMMENT: 2.0, Construct.CALL: 0.5, Construct.NAME: -1.0, Construct.TYPE: 0.1}


@pytest.mark.parametrize(
    ("values", "band", "constructs", "evidence"),
    [
        (
            COMMENTS,
            Band.LLM,
            "Most of the evidence towards LLM lies in comments (+2.00).",
            "Mostly comments.",
        ),
        (
            {
                Construct.ERROR_HANDLING: -0.5,
                Construct.LAYOUT: -0.4,
                Construct.NAME: -0.3,
                Construct.CALL: 0.9,
            },
            Band.HUMAN,
            "Most of the evidence towards human lies in error handling (-0.50) and layout (-0.40).",
            "Mostly error handling and layout.",
        ),
        (
            dict.fromkeys(Construct, 0.1),
            Band.LLM,
            "Much of the evidence towards LLM lies in comments (+0.10), docstrings (+0.10) and error handling (+0.10).",
            "Partly comments, docstrings and error handling.",
        ),
        ({Construct.NAME: 0.001}, Band.LLM, None, "Its own lines point neither way."),
        (
            {Construct.LITERAL: -2.0},
            Band.UNSURE,
            "Most of the evidence towards human lies in literals (-2.00).",
            "Its own lines point to a person.",
        ),
    ],
)
def test_evidence_is_named_by_its_strongest_constructs(
    values: Mapping[Construct, float], band: Band, constructs: str | None, evidence: str
) -> None:
    found = explanation(values)
    assert by_construct(found) == constructs
    assert evidence_sentence(found, Verdict(0.9, 2.0, band), band) == evidence


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({"file_evidence": 0.62}, "; the rest of the file agrees."),
        ({"file_evidence": -0.62}, "; the rest of the file points to a person."),
        ({"file_evidence": 0.001}, "; the rest of the file points neither way."),
        ({"past": PastShare(40, 9, -0.3)}, "; the project's older code scores high as well."),
    ],
)
def test_sentence_says_whether_the_rest_agrees(beside: dict[str, object], expected: str) -> None:
    verdict = replace(Verdict(0.9, 2.0, Band.LLM), **beside)  # type: ignore[arg-type]
    said = evidence_sentence(explanation({Construct.LITERAL: 2.0}), verdict, Band.LLM)
    assert said == f"Mostly literals{expected}"


def test_constructs_have_names_and_shares_of_all_the_code() -> None:
    names = {construct_name(ConstructAttribution(each, 0.0, 0.0, 0.0, 1)) for each in Construct}
    assert len(names) == len(Construct)
    found = explanation(COMMENTS)
    assert {share_of_code(each, found) for each in found.constructs} == {"25 % of the code"}
