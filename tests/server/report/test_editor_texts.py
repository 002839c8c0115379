"""The editor's one-line answers."""

from codeorigin.model.verdict import Band, PooledVerdict, Reason, Verdict
from codeorigin.report.editor_texts import (
    in_place_of_list,
    known_of,
    likely_of,
    on_accepted,
    on_document,
    on_selection,
)

VERDICT = Verdict(0.824, 1.5, Band.UNSURE, human_share=0.012)
FILE = PooledVerdict(0.961, 1.6, Band.LLM, functions=7)


def test_message_about_a_document() -> None:
    assert on_document(0, 0) == "0 functions scored, 0 of them likely LLM"
    assert on_document(1, 1) == "1 function scored, 1 of them likely LLM"


def test_counts_agree_with_their_nouns() -> None:
    assert [on_accepted(count) for count in (1, 2)] == [
        "1 finding accepted until its text changes",
        "2 findings accepted until their texts change",
    ]
    assert [known_of(*found) for found in ((0, 0, 0), (0, 0, 2), (0, 1, 2), (2, 1_400, 1_400))] == [
        "no functions",
        "no function with a verdict",
        "0 of 1 function likely LLM",
        "2 of 1,400 functions likely LLM",
    ]
    assert likely_of(0, 1_200, 0) == "0 of 1,200 likely LLM"
    assert likely_of(1, 7, 2) == "1 of 7 likely LLM, 2 moved"


def test_empty_or_incomplete_list_says_so() -> None:
    def said(*, listed: bool, cancelled: bool = False, errors: list[str] | None = None) -> str | None:
        return in_place_of_list(listed=listed, cancelled=cancelled, errors=errors or [], nothing="nothing")

    assert said(listed=True, errors=["b: is binary"]) is None
    assert said(listed=False) == "nothing"
    assert said(listed=False, errors=["a: no repository", "b: is binary"]) == "a: no repository"
    assert said(listed=True, cancelled=True) == "The scan was stopped: not all files are here."


def test_selection_says_by_its_own_text_if_findings_include_the_file() -> None:
    said = "the selection: unsure (LLM 82 %)"
    assert on_selection(VERDICT, Band.UNSURE, in_file=False) == said
    assert on_selection(VERDICT, Band.UNSURE, in_file=True) == f"by its own text {said}"
    short = Verdict.without(Reason.TOO_SHORT)
    for in_file in (True, False):
        said = on_selection(short, None, in_file=in_file)
        assert said == "selection: no verdict: the selection is too short to judge"
