"""What the commands of ``workspace/executeCommand`` share: their arguments (docs/protocol.md) and their answers."""

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.lsp.session import Session
from codeorigin.text.literal_text import plain_message


def parse_arguments(arguments: tuple[Any, ...]) -> tuple[str, Any, bool]:
    """Parse ``[uri, second?, {quiet?}?]``. Raises JsonRpcInvalidParams."""
    if not 1 <= len(arguments) <= 3:
        raise JsonRpcInvalidParams(message=f"1 to 3 arguments are needed, not {len(arguments)}")
    uri = read(arguments[0], str, "uri")
    second = plain_json(arguments[1]) if len(arguments) > 1 else None
    return uri, second, is_quiet(arguments[2] if len(arguments) > 2 else None)


def is_quiet(options: Any) -> bool:
    """Whether the client shows the answer itself."""
    options = plain_json(options)
    return isinstance(options, dict) and options.get("quiet") is True


def open_snapshot(session: Session, uri: str) -> Snapshot:
    """The open document as it is now. Raises JsonRpcInvalidParams."""
    snapshot = session.documents.snapshot(uri)
    if snapshot is None:
        raise JsonRpcInvalidParams(message=f"{plain_message(uri)} is not open")
    return snapshot


def shown(session: Session, answer: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return ``answer``, and show its message unless ``quiet``, when the client shows the answer itself."""
    answer["message"] = plain_message(str(answer["message"]))
    if not quiet:
        session.client.show(answer["message"])
    return answer
