"""``textDocument/codeAction``: built from the diagnostics' data and existing results, without scoring."""

from collections.abc import Iterator

from lsprotocol import types

from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.ignore_edits import ignore_file, ignore_function
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.documents.snapshot import Snapshot
from codeorigin.lsp.handlers.accept import ACCEPT_FINDINGS
from codeorigin.lsp.handlers.explain import EXPLAIN
from codeorigin.lsp.handlers.findings import Finding, finding_of
from codeorigin.lsp.handlers.rescore import RESCORE
from codeorigin.lsp.session import Session
from codeorigin.report.editor_texts import (
    ACCEPT_FINDING,
    EXPLAIN_FUNCTION,
    IGNORE_FILE,
    IGNORE_FUNCTION,
    RESCORE_SELECTION,
    about,
)
from codeorigin.text.literal_text import plain_message

QUICK_FIX = types.CodeActionKind.QuickFix
RESCORE_KIND = "refactor.codeorigin.rescore"
EXPLAIN_KIND = "refactor.codeorigin.explain"
OPTIONS = types.CodeActionOptions(code_action_kinds=[QUICK_FIX, types.CodeActionKind.Refactor])


def code_actions(session: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions on the findings, and on the function and the selection at the range."""
    document = session.documents.find(params.text_document.uri)
    if document is None or not session.settings(document).enable:
        return []
    found = [*_on_findings(session, document, params), *_on_range(session, document, params)]
    return [action for action in found if _is_wanted(action.kind, params.context.only)]


def _on_findings(
    session: Session, document: SourceDocument, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """Actions for the diagnostics that the client sent."""
    uri, snapshot = params.text_document.uri, document.snapshot()
    result = session.current_result(document)
    offered: set[str] = set()
    for diagnostic in params.context.diagnostics:
        found = finding_of(diagnostic)
        if found is None or found.function_id in offered:
            continue
        offered.add(found.function_id)
        yield _explain(uri, diagnostic.range.start, found.name, diagnostic)
        ignoring = _ignore_edit(result, snapshot, diagnostic, found)
        if ignoring is not None:
            yield types.CodeAction(
                title=about(IGNORE_FUNCTION, plain_message(found.name)),
                kind=QUICK_FIX,
                diagnostics=[diagnostic],
                edit=_edit(uri, document.version, ignoring),
            )
        yield types.CodeAction(
            title=about(ACCEPT_FINDING, plain_message(found.name)),
            kind=QUICK_FIX,
            diagnostics=[diagnostic],
            command=types.Command(
                title=ACCEPT_FINDING, command=ACCEPT_FINDINGS, arguments=[uri, found.function_id]
            ),
        )
    if offered and snapshot.language is not None:
        edit = ignore_file(snapshot.positions, snapshot.language)
        yield types.CodeAction(title=IGNORE_FILE, kind=QUICK_FIX, edit=_edit(uri, document.version, edit))


def _ignore_edit(
    result: Result | None, snapshot: Snapshot, diagnostic: types.Diagnostic, found: Finding
) -> types.TextEdit | None:
    """An edit that ignores the function of ``diagnostic``; None if the position of the function is unknown."""
    if snapshot.language is None:
        return None
    line = diagnostic.range.start.line
    if result is not None:
        for function in result.functions:
            span = function.span
            if function.function_id == found.function_id and span.header.start_line == line:
                start = span.range.start_line, span.range.start_column
                return ignore_function(snapshot.positions, snapshot.language, *start)
    # The diagnostic is older than the text. A comment on its own line fits in most places.
    return ignore_function(snapshot.positions, snapshot.language, line - found.header_offset, 0)


def _on_range(
    session: Session, document: SourceDocument, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """Actions for any code: explain the function there, rescore the selection."""
    uri, result = params.text_document.uri, session.current_result(document)
    if result is not None:
        function = result.at_line(params.range.start.line)
        flagged = any(map(finding_of, params.context.diagnostics))
        if function is not None and function.verdict.probability is not None and not flagged:
            start = result.snapshot.positions.range(function.span.name_range).start
            yield _explain(uri, start, function.span.qualified_name)
    if params.range.start != params.range.end:
        yield types.CodeAction(
            title=RESCORE_SELECTION,
            kind=RESCORE_KIND,
            command=types.Command(
                title=RESCORE_SELECTION, command=RESCORE, arguments=[uri, to_wire(params.range)]
            ),
        )


def _explain(
    uri: str, position: types.Position, name: str, diagnostic: types.Diagnostic | None = None
) -> types.CodeAction:
    return types.CodeAction(
        title=about(EXPLAIN_FUNCTION, plain_message(name)),
        kind=EXPLAIN_KIND if diagnostic is None else QUICK_FIX,
        diagnostics=[diagnostic] if diagnostic is not None else None,
        command=types.Command(title=EXPLAIN_FUNCTION, command=EXPLAIN, arguments=[uri, to_wire(position)]),
    )


def _edit(uri: str, version: int | None, edit: types.TextEdit) -> types.WorkspaceEdit:
    place = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(text_document=place, edits=[edit])])


def _is_wanted(kind: str | None, only: object) -> bool:
    """Whether ``only`` includes ``kind``: ``refactor`` also includes ``refactor.codeorigin.rescore``."""
    if not isinstance(only, list | tuple):
        return True
    name = str(getattr(kind, "value", kind))
    asked = [str(getattr(wanted, "value", wanted)) for wanted in only]
    return any(not wanted or name == wanted or name.startswith(f"{wanted}.") for wanted in asked)
