"""Notebooks: every code cell is a document of its own, at the notebook's path."""

from typing import Any

from tests.server.lsp.editor import PUSHED, Document, Editor, hover_rows, python_function

from support.waiting import until


def cell(document: Document) -> dict[str, Any]:
    return {"kind": 2, "document": document.uri}


def cell_uri(notebook: str, name: str) -> str:
    return notebook.replace("file:", "vscode-notebook-cell:") + f"#{name}"


def item(document: Document, language: str = "python") -> dict[str, Any]:
    return {
        "uri": document.uri,
        "languageId": language,
        "version": document.version,
        "text": document.text,
    }


def tell(editor: Editor, event: str, notebook: dict[str, Any], **params: Any) -> None:
    editor.notify(f"notebookDocument/did{event}", {"notebookDocument": notebook, **params})


def open_notebook(editor: Editor, uri: str, *cells: Document) -> None:
    book = {"uri": uri, "notebookType": "jupyter-notebook", "version": 0, "cells": list(map(cell, cells))}
    tell(editor, "Open", book, cellTextDocuments=list(map(item, cells)))


def close_notebook(editor: Editor, uri: str, *cells: Document) -> None:
    tell(editor, "Close", {"uri": uri}, cellTextDocuments=[{"uri": each.uri} for each in cells])


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

    def change(version: int, **cells: Any) -> None:
        tell(editor, "Change", {"uri": uri, "version": version}, change={"cells": cells})

    second.version += 1
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    document = {"uri": second.uri, "version": second.version}
    edit = {"range": place, "text": python_function("typed")}
    change(1, textContent=[{"document": document, "changes": [edit]}])
    assert await editor.names(second) == ["typed"]
    await until(lambda: editor.summaries.get(uri) == "2 of 2 functions likely LLM")

    # A cell that changes its language is closed and reopened in one message.
    array = {"start": 0, "deleteCount": 1, "cells": [cell(first)]}
    for version, language, found in ((2, "go", []), (3, "python", ["in_a_cell"])):
        first.version += 1
        change(
            version,
            structure={"array": array, "didOpen": [item(first, language)], "didClose": [{"uri": first.uri}]},
        )
        assert await editor.names(first) == found

    array = {"start": 0, "deleteCount": 1}
    change(4, structure={"array": array, "didClose": [{"uri": first.uri}]})
    await until(lambda: editor.summaries.get(uri) == "1 of 1 function likely LLM")
    close_notebook(editor, uri, second)
    await editor.idle()
    assert await editor.hover(second, 0) is None
    # Once for each cell that goes away: twice on a language change, then removed, and the last one at the end.
    cleared = [await editor.take(PUSHED, lambda params: params.version is None) for _ in range(4)]
    assert not any(params.diagnostics for params in cleared)
    assert [params.uri for params in cleared] == [first.uri, first.uri, first.uri, second.uri]
