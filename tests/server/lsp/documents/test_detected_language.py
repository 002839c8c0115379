"""The language of an unnamed text: detected once, kept while typing, detected again after large changes."""

import pytest
from tests.support.language_texts import CODE, NONE

from codeorigin.core.errors import ModelError
from codeorigin.language_id.model import LanguageModel
from codeorigin.lsp.documents.detected_language import DetectedLanguage, changed_much, guessed


@pytest.mark.parametrize(
    ("old", "new", "much"),
    [
        ("", "", False),
        ("a" * 400, "a" * 400, False),
        ("a" * 400, "a" * 200 + "b" * 100 + "a" * 200, False),
        ("a" * 400, "a" * 200 + "b" * 101 + "a" * 200, True),
        ("a" * 400, "a" * 299, True),
        ("a" * 400, "", True),
        ("", "a" * 33, True),
        ("", "a" * 32, False),
        ("ab" * 200, "ba" * 200, True),
        ("x = 1\n" * 100, "y = 2\n" * 100, True),
        ("aXb" * 100, "aXb" * 100 + "aXb", False),
    ],
)
def test_large_change_is_more_than_a_quarter_and_a_line(old: str, new: str, much: bool) -> None:
    assert changed_much(old, new) is much
    assert changed_much(old[::-1], new[::-1]) is much


def test_language_is_kept_during_small_edits() -> None:
    told = DetectedLanguage()
    code = CODE["go"]
    first = told.of(code)
    assert first is not None
    for end in range(1, 30):
        assert told.of(code + "The quick brown fox jumps over it"[:end]) is first


def test_small_edits_that_add_up_trigger_detection_again() -> None:
    told = DetectedLanguage()
    assert told.of(CODE["go"]) is not None
    text, prose = CODE["go"], NONE["prose"] * 3
    for end in range(0, len(prose), 5):
        text = prose[:end] + CODE["go"][end:]
        told.of(text)
    assert told.of(prose) is None


def test_text_without_a_language_is_checked_again_every_time() -> None:
    told = DetectedLanguage()
    assert told.of("") is None
    code = CODE["rust"]
    answers = [told.of(code[:end]) for end in range(0, len(code) + 1, 10)]
    assert answers[0] is None
    assert answers[-1] is not None
    assert answers[-1].id == "rust"


def test_missing_model_gives_no_language(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*_: object) -> LanguageModel:
        raise ModelError("no language model found at x; reinstall codeorigin")

    monkeypatch.setattr("codeorigin.language_id.model._bundled", missing)
    assert guessed(CODE["go"]) is None
    assert "no language can be guessed: no language model found" in caplog.text
