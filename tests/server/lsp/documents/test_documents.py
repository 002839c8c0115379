"""Documents: LSP's lines, the three encodings, and edits that a client model agrees with."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import PositionCodec
from tests.server.lsp.requests import Document, between_lines
from tests.support.language_texts import CODE, NONE

from codeorigin.core.errors import ModelError
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace
from codeorigin.lsp.documents.snapshot import guessed
from codeorigin.text.positions import LineIndex, PositionEncoding

ENCODINGS = ("utf-8", "utf-16", "utf-32")
EDITS = 40
DOCUMENTS = 60
ALPHABET = st.sampled_from(
    ["a", "b", " ", "\t", "\n", "\n", "\r", "\r\n", "\x0c", "\x0b", "\x85", "\u2028", "\u2029", "é", "e\u0301",
     "😀", "👩\u200d💻", "\ufeff", "\0", "中", "\ud83d", "\udc00"]
)  # fmt: skip
TEXTS = st.lists(ALPHABET, max_size=12).map("".join)


def workspace(encoding: str) -> SourceWorkspace:
    return SourceWorkspace(None, position_encoding=types.PositionEncodingKind(encoding))


def opened(text: str, encoding: str) -> tuple[SourceWorkspace, SourceDocument]:
    place = workspace(encoding)
    place.put_text_document(types.TextDocumentItem("file:///a.py", "python", 0, text))
    document = place.find("file:///a.py")
    assert document is not None
    return place, document


@settings(max_examples=DOCUMENTS, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    text=st.lists(ALPHABET, max_size=60).map("".join),
    encoding=st.sampled_from(ENCODINGS),
    seeds=st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), TEXTS),
        min_size=EDITS,
        max_size=EDITS,
    ),
)
def test_text_equals_the_clients_after_any_edits(
    text: str, encoding: str, seeds: list[tuple[float, float, str]]
) -> None:
    place, document = opened(text, encoding)
    client = Document(document.uri, text)
    for version, (first, second, new) in enumerate(seeds, 1):
        low, high = sorted(int(share * len(client.text)) for share in (first, second))
        low, high = between_lines(client.text, low), between_lines(client.text, min(high, low + 20))
        change = client.splice(low, max(low, high), new, encoding)
        place.update_text_document(types.VersionedTextDocumentIdentifier(version, client.uri), change)
        assert document.source == client.text
        assert "".join(document.lines) == client.text
        assert len(document.lines) == len(re.split(r"\r\n|\r|\n", client.text))
    assert document.version == len(seeds)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_beyond_the_text_are_clamped(encoding: str) -> None:
    place, document = opened("é😀\nab", encoding)
    positions = document.snapshot().positions
    assert positions.offset(types.Position(0, 1000)) == 2
    assert positions.offset(types.Position(1, 1000)) == 5
    assert positions.offset(types.Position(1000, 0)) == 5
    change = types.TextDocumentContentChangePartial(
        range=types.Range(types.Position(7, 7), types.Position(9, 9)), text="!"
    )
    place.update_text_document(types.VersionedTextDocumentIdentifier(1, "file:///a.py"), change)
    assert document.source == "é😀\nab!"


def test_snapshot_does_not_change_with_its_document() -> None:
    _, document = opened("before", "utf-16")
    snapshot = document.snapshot()
    document.apply_change(types.TextDocumentContentChangeWholeDocument(text="after"))
    assert (snapshot.text, snapshot.positions.index.text) == ("before", "before")


def test_document_belongs_to_the_innermost_folder() -> None:
    place = workspace("utf-16")
    for path in ("/a", "/a/b", "/ab"):
        place.add_folder(types.WorkspaceFolder(uri=f"file://{path}", name=path))
    assert place.folder_of(Path("/a/b/c.py")) == "file:///a/b"
    assert place.folder_of(Path("/a/c.py")) == "file:///a"
    assert place.folder_of(Path("/abc/c.py")) is None
    assert place.folder_of(None) is None


def test_document_is_found_by_another_spelling_of_its_uri() -> None:
    place = workspace("utf-16")
    place.put_text_document(types.TextDocumentItem("file:///a%20b/c%C3%A9.py", "python", 0, "x"))
    found = place.find("file:///a b/cé.py")
    assert found is not None
    assert found.uri == "file:///a%20b/c%C3%A9.py"


@pytest.mark.parametrize(
    ("language_id", "path", "expected"),
    [
        ("python", "x.go", "python"),
        ("typescriptreact", "", "tsx"),
        ("plaintext", "/a/x.go", "go"),
        ("", "/a/x.rs", "rust"),
        ("markdown", "/a/README.md", None),
        ("plaintext", "/a/notes.txt", None),
    ],
)
def test_language_is_that_of_the_client_or_of_the_path(
    language_id: str, path: str, expected: str | None
) -> None:
    place = workspace("utf-16")
    place.put_text_document(types.TextDocumentItem(f"file://{path}", language_id, 0, "x"))
    document = place.find(f"file://{path}")
    assert document is not None
    snapshot = document.snapshot()
    assert (snapshot.language.id if snapshot.language is not None else None) == expected


def test_guessed_language_is_kept_until_there_is_another_one_or_no_text() -> None:
    place = workspace("utf-16")
    place.put_text_document(types.TextDocumentItem("untitled:1", "plaintext", 0, NONE["prose"]))
    document = place.find("untitled:1")
    assert document is not None
    assert document.snapshot().language is None
    for text, language in ((CODE["go"], "go"), (NONE["prose"], "go"), (CODE["rust"], "rust"), ("", None)):
        document.apply_change(types.TextDocumentContentChangeWholeDocument(text=text))
        found = document.snapshot().language
        assert (None if found is None else found.id) == language


def test_no_language_is_guessed_without_the_model_for_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(*_: object) -> None:
        raise ModelError("no language model found at x; reinstall codeorigin")

    monkeypatch.setattr("codeorigin.language_id.model._bundled", missing)
    assert guessed(CODE["go"]) is None
    assert "no language can be guessed: no language model found" in caplog.text


LINE_COUNT = 2_000
NAMES = [(line, 12) for line in range(0, LINE_COUNT, 10)]
"""Places of the name."""


@pytest.mark.parametrize("kind", types.PositionEncodingKind)
@pytest.mark.parametrize(("ending", "places"), [("\n", NAMES[::-1]), ("\n", NAMES), ("\r\n", NAMES)])
def test_each_edit_of_a_message_costs_no_more_than_a_few_lines(
    monkeypatch: pytest.MonkeyPatch,
    kind: types.PositionEncodingKind,
    ending: str,
    places: list[tuple[int, int]],
) -> None:
    handled = 0

    class Counted(LineIndex):
        def __init__(self, text: str) -> None:
            nonlocal handled
            handled += len(text)
            super().__init__(text)

    monkeypatch.setattr("codeorigin.lsp.documents.documents.LineIndex", Counted)
    old = "    value = old_name(value)"
    document = SourceDocument(
        "file:///a.py", source=(old + ending) * LINE_COUNT, position_codec=PositionCodec(kind)
    )
    for line, column in places:
        place = types.Range(types.Position(line, column), types.Position(line, column + 8))
        document.apply_change(types.TextDocumentContentChangePartial(place, "new_name"))
    assert document.source.count("new_name") == len(places)
    assert document.source.replace("new", "old") == (old + ending) * LINE_COUNT
    assert handled <= len(document.source) + 10 * len(old) * len(places)


def test_column_after_characters_of_two_units_is_found_in_a_long_line() -> None:
    text = "\U0001d499a" * 1_000
    index = LineIndex(text)
    found = [index.units_to_column(0, units, PositionEncoding.UTF16) for units in (0, 1, 2, 3, 2_999, 9_000)]
    assert found == [0, 0, 1, 2, 1_999, 2_000]
