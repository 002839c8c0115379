"""The language of an unnamed text: guessed from what is clear, and kept while the text is not."""

import pytest
from tests.support.language_texts import CODE, NONE

from codeorigin.core.errors import ModelError
from codeorigin.language_id.model import LanguageModel
from codeorigin.lsp.documents.detected_language import DetectedLanguage, guessed


def test_language_is_kept_until_there_is_another_one_or_no_text() -> None:
    told = DetectedLanguage()
    assert told.of(NONE["prose"]) is None
    known = {}
    for text, language in ((CODE["go"], "go"), (NONE["prose"], "go"), (CODE["rust"], "rust"), ("", None)):
        found = told.of(text)
        known[text] = None if found is None else found.id
        assert known[text] == language


def test_missing_model_gives_no_language(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*_: object) -> LanguageModel:
        raise ModelError("no language model found at x; reinstall codeorigin")

    monkeypatch.setattr("codeorigin.language_id.model._bundled", missing)
    assert guessed(CODE["go"]) is None
    assert "no language can be guessed: no language model found" in caplog.text
