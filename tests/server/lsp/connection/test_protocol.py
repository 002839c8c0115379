"""The protocol keeps nothing of the messages it has handled."""

import asyncio
import json
from typing import Any

from codeorigin.lsp.features import register_all
from codeorigin.lsp.server import CodeOriginServer

URI = "file:///project/a.py"


class Wire:
    """Takes what the server writes."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.split(b"\r\n\r\n", 1)[1]))

    def close(self) -> None:
        """Nothing to close."""


async def test_edits_leave_nothing_behind() -> None:
    server, wire = CodeOriginServer(), Wire()
    register_all(server)
    server.attach()
    server.protocol.set_writer(wire)

    def send(method: str, params: Any, **identity: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **identity}
        server.protocol.receive(json.dumps(message).encode())

    send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
    send("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "x", "version": 0, "text": ""}})
    for version in range(1, 200):
        place = {"line": 0, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": "x"}
        send(
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]},
        )
    send("workspace/executeCommand", {"command": "codeorigin.status", "arguments": []}, id=2)
    for _ in range(5):
        await asyncio.sleep(0)
    assert server.session.document(URI).source == "x" * 199
    assert {message.get("id") for message in wire.messages if "result" in message} == {1, 2}
    assert server.protocol._request_futures == {}
    server.session.stop()
