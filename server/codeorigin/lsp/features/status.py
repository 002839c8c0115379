"""Command ``codeorigin.status``: what the server is and does."""

from typing import Any

from codeorigin.lsp.server import CodeOriginServer

STATUS = "codeorigin.status"


def register(server: CodeOriginServer) -> None:
    """Register the command."""

    @server.command(STATUS)
    def status(*_: Any) -> dict[str, Any]:
        return server.describe()
