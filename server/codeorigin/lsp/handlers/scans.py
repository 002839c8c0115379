"""What the commands that scan folders have in common."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pygls import uris

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.scoring.workspace_scan import ScanFolder
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session

MAX_ERRORS = 100


def register_scan(
    server: CodeOriginServer, name: str, scan: Callable[[Session, str | None], Awaitable[dict[str, Any]]]
) -> None:
    """Register a command: ``[folder uri or null, {quiet?}?]``; the ``message`` of what ``scan`` answers is shown."""

    @server.command(name)
    async def run(*arguments: Any) -> dict[str, Any]:
        values = plain_json(arguments)
        folder = read(values[0], str, "folder") if values and values[0] is not None else None
        options = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        answer = await scan(server.session, folder)
        if options.get("quiet") is not True:
            server.client.show(answer["message"])
        return answer


def scan_folders(session: Session, only: str | None) -> list[ScanFolder]:
    """The workspace folders (or the one whose URI is ``only``), the outer of nested ones alone."""
    found = []
    for folder in session.documents.folders.values():
        path = uris.to_fs_path(folder.uri)
        if path is not None and (only is None or only == folder.uri):
            found.append(ScanFolder(Path(path), session.configuration.of(folder.uri)))
    outer = [each.path for each in found]
    return [each for each in found if not any(path in each.path.parents for path in outer)]
