"""Notebooks: every code cell is a document of its own, at the notebook's path."""

from lsprotocol import types
from tests.server.lsp.editor import PUSHED, Document, Editor, hover_rows, python_function

from support.waiting import until


def cell(uri: str) -> types.NotebookCell:
    return types.NotebookCell(kind=types.NotebookCellKind.Code, document=uri)


def cell_uri(notebook: str, name: str) -> str:
    return notebook.replace("file:", "vscode-notebook-cell:") + f"#{name}"


def item(document: Document, language: str = "python") -> types.TextDocumentItem:
    return types.TextDocumentItem(
        uri=document.uri, language_id=language, version=document.version, text=document.text
    )


def open_notebook(editor: Editor, uri: str, *cells: Document) -> None:
    editor.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            notebook_document=types.NotebookDocument(
                uri=uri,
                notebook_type="jupyter-notebook",
                version=0,
                cells=[cell(each.uri) for each in cells],
            ),
            cell_text_documents=[item(each) for each in cells],
        )
    )


def close_notebook(editor: Editor, uri: str, *cells: Document) -> None:
    editor.client.notebook_document_did_close(
        types.DidCloseNotebookDocumentParams(
            notebook_document=types.NotebookDocumentIdentifier(uri),
            cell_text_documents=[types.TextDocumentIdentifier(each.uri) for each in cells],
        )
    )


async def test_magics_are_handled_as_in_check(editor: Editor) -> None:
    uri = (editor.root / "magic.ipynb").as_uri()
    code = python_function("after_magics")
    texts = (f"%%time\n!ls | wc -l\nfiles = !ls\n{code}", f"%%bash\n{code}", f"%%javascript\n{code}")
    cells = [Document(cell_uri(uri, str(number)), text) for number, text in enumerate(texts)]
    open_notebook(editor, uri, *cells)
    found = [await editor.names(each) for each in cells]
    assert found == [["after_magics"], [], []]
    assert all(number > 3 for *_, number, _ in hover_rows(await editor.hover_text(cells[0], 3)))
    close_notebook(editor, uri, *cells)
    await editor.idle()
    for _ in cells:
        await editor.take(PUSHED, lambda params: params.version is None)


async def test_cells_are_scored_edited_switched_to_another_language_and_closed(editor: Editor) -> None:
    uri = (editor.root / "book.ipynb").as_uri()
    first = Document(cell_uri(uri, "a"), python_function("in_a_cell"))
    second = Document(cell_uri(uri, "b"), "x = 1\n")
    open_notebook(editor, uri, first, second)
    assert await editor.names(first) == ["in_a_cell"]
    assert await editor.findings(second) == []
    assert hover_rows(await editor.hover_text(first, 0))

    def changed(change: types.NotebookDocumentCellChanges, version: int) -> None:
        editor.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                notebook_document=types.VersionedNotebookDocumentIdentifier(version=version, uri=uri),
                change=types.NotebookDocumentChangeEvent(cells=change),
            )
        )

    second.version += 1
    place = types.Range(types.Position(0, 0), types.Position(1, 0))
    edit = types.TextDocumentContentChangePartial(range=place, text=python_function("typed"))
    content = types.NotebookDocumentCellContentChanges(
        document=types.VersionedTextDocumentIdentifier(version=second.version, uri=second.uri), changes=[edit]
    )
    changed(types.NotebookDocumentCellChanges(text_content=[content]), 1)
    assert await editor.names(second) == ["typed"]
    await until(lambda: editor.summaries.get(uri) == "2 of 2 functions likely LLM")

    # A cell that changes its language is closed and reopened in one message.
    array = types.NotebookCellArrayChange(start=0, delete_count=1, cells=[cell(first.uri)])
    for version, language, found in ((2, "go", []), (3, "python", ["in_a_cell"])):
        first.version += 1
        structure = types.NotebookDocumentCellChangeStructure(
            array=array, did_open=[item(first, language)], did_close=[first.identifier]
        )
        changed(types.NotebookDocumentCellChanges(structure=structure), version)
        assert await editor.names(first) == found

    removed = types.NotebookDocumentCellChangeStructure(
        array=types.NotebookCellArrayChange(start=0, delete_count=1), did_close=[first.identifier]
    )
    changed(types.NotebookDocumentCellChanges(structure=removed), 4)
    await until(lambda: editor.summaries.get(uri) == "1 of 1 function likely LLM")
    close_notebook(editor, uri, second)
    await editor.idle()
    assert await editor.hover(second, 0) is None
    # Once for each cell that goes away: twice on a language change, then removed, and the last one at the end.
    cleared = [await editor.take(PUSHED, lambda params: params.version is None) for _ in range(4)]
    assert not any(params.diagnostics for params in cleared)
    assert [params.uri for params in cleared] == [first.uri, first.uri, first.uri, second.uri]
