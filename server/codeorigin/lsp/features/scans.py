"""Code shared by the commands that scan folders."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.features.commands import is_quiet, shown
from codeorigin.lsp.features.wire_forms import file_to_wire, function_to_wire
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.workspace_scan import ScanFolder
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.messages import reported_of

MAX_ERRORS = 100


def file_of_scan(
    record: FileRecord, settings: Settings, findings: int, verdict: FileVerdict | None
) -> dict[str, Any]:
    """The JSON of a file: its functions, the number of ``findings``, and the ``verdict`` on the whole file."""
    judged = sum(function.verdict.probability is not None for function in record.functions)
    return {
        "uri": record.uri,
        "reported": findings,
        "reportedText": reported_of(findings, judged),
        "file": file_to_wire(verdict),
        "functions": [function_to_wire(function, settings) for function in record.functions],
    }


def has_verdicts(files: Iterable[dict[str, Any]]) -> bool:
    """Whether any function has a verdict, so that there is something to list."""
    return any(
        function["verdict"]["probability"] is not None for file in files for function in file["functions"]
    )


def register_scan(
    server: CodeOriginServer,
    name: str,
    scan: Callable[[Session, list[ScanFolder]], Awaitable[dict[str, Any]]],
) -> None:
    """Register a command with the arguments ``[folder uri or null, {quiet?}?]``.

    The ``message`` in the answer of ``scan`` is shown unless ``quiet`` is true.
    """
    session = server.session

    @server.command(name)
    async def run(*arguments: Any) -> dict[str, Any]:
        values = plain_json(arguments)
        folder = read(values[0], str, "folder") if values and values[0] is not None else None
        quiet = is_quiet(values[1] if len(values) > 1 else None)
        await session.configured.wait()
        return shown(session, await scan(session, _folders(session, folder)), quiet=quiet)


def _folders(session: Session, only: str | None) -> list[ScanFolder]:
    """The workspace folders, or only the one with the URI ``only`` and those inside it.

    Raises:
        JsonRpcInvalidParams: ``only`` is not a folder of the workspace.
    """
    folders = session.folders()
    if only is None:
        return list(folders.values())
    if only not in folders:
        raise JsonRpcInvalidParams(message=f"{plain_message(only)} is not a folder of the workspace")
    root = folders[only].path
    return [folder for folder in folders.values() if folder.path.is_relative_to(root)]
