"""Code shared by the commands that scan folders."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls import uris
from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.presentation.wire_forms import file_to_wire, function_to_wire
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.messages import reported_of

if TYPE_CHECKING:
    from codeorigin.lsp.scoring.file_records import FileRecord
    from codeorigin.lsp.scoring.workspace_scan import ScanFolder

MAX_ERRORS = 100


def file_of_scan(
    record: "FileRecord", settings: Settings, findings: int, verdict: FileVerdict | None
) -> dict[str, Any]:
    """The JSON of a file: its functions, the number of ``findings``, and the ``verdict`` on the whole file."""
    judged = sum(each.verdict.probability is not None for each in record.functions)
    return {
        "uri": record.uri,
        "reported": findings,
        "reportedText": reported_of(findings, judged),
        "file": file_to_wire(verdict),
        "functions": [function_to_wire(each, settings) for each in record.functions],
    }


def has_verdicts(files: Iterable[dict[str, Any]]) -> bool:
    """Whether any function has a verdict, so that there is something to list."""
    return any(each["verdict"]["probability"] is not None for file in files for each in file["functions"])


def register_scan(
    server: CodeOriginServer,
    name: str,
    scan: "Callable[[Session, list[ScanFolder]], Awaitable[dict[str, Any]]]",
) -> None:
    """Register a command with the arguments ``[folder uri or null, {quiet?}?]``.

    The ``message`` in the answer of ``scan`` is shown unless ``quiet`` is true.
    """

    @server.command(name)
    async def run(*arguments: Any) -> dict[str, Any]:
        values = plain_json(arguments)
        folder = read(values[0], str, "folder") if values and values[0] is not None else None
        options = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        await server.session.configured.wait()
        answer = await scan(server.session, scan_folders(server.session, folder))
        if options.get("quiet") is not True:
            server.client.show(answer["message"])
        return answer


def scan_folders(session: Session, only: str | None) -> "list[ScanFolder]":
    """The workspace folders, or only the one with the URI ``only`` and those inside it.

    A file has the settings of the innermost folder that contains it, whether it is open or scanned.

    Raises:
        JsonRpcInvalidParams: ``only`` is not a folder of the workspace.
    """
    # Imported by the first scan, to keep the server's startup fast.
    from codeorigin.lsp.scoring.workspace_scan import ScanFolder  # noqa: PLC0415

    named = [(folder.uri, uris.to_fs_path(folder.uri)) for folder in session.documents.folders.values()]
    paths = {uri: Path(path) for uri, path in named if path is not None}
    if only is not None and only not in paths:
        raise JsonRpcInvalidParams(message=f"{plain_message(only)} is not a folder of the workspace")
    return [
        ScanFolder(
            path,
            session.configuration.of(uri),
            tuple(each for each in paths.values() if path in each.parents),
        )
        for uri, path in paths.items()
        if only is None or (only in paths and path.is_relative_to(paths[only]))
    ]
