"""What the commands of ``workspace/executeCommand`` share: arguments and answers (docs/contributing/protocol.md)."""

from collections.abc import Awaitable, Callable
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.text.literal_text import plain_message


def register_command(
    server: CodeOriginServer, name: str, run: Callable[..., Awaitable[dict[str, Any]]], *, arguments: int
) -> None:
    """Register a command with up to ``arguments`` arguments, the missing ones None, and then ``{quiet?}``.

    The ``message`` of its answer is shown, unless ``quiet`` says that the client shows the answer itself.
    """

    @server.command(name)
    async def command(*given: Any) -> dict[str, Any]:
        values = plain_json(given)
        if len(values) > arguments + 1:
            raise JsonRpcInvalidParams(
                message=f"up to {arguments + 1} arguments are needed, not {len(values)}"
            )
        *values, options = values + [None] * (arguments + 1 - len(values))
        answer = await run(server.session, *values)
        answer["message"] = plain_message(str(answer["message"]))
        if not (isinstance(options, dict) and options.get("quiet") is True):
            server.session.client.show(answer["message"])
        return answer


def open_document(session: Session, uri: object) -> SourceDocument:
    """The open document. Raises JsonRpcInvalidParams."""
    name = read(uri, str, "uri")
    document = session.documents.find(name)
    if document is None:
        raise JsonRpcInvalidParams(message=f"{plain_message(name)} is not open")
    return document
