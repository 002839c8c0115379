"""What an editor asks the server, and waits for."""

import asyncio
import re
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Union

import cattrs
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter

from support.waiting import PATIENCE


def make_client() -> pytest_lsp.LanguageClient:
    """The library's client, telling code actions from commands as the specification does."""

    def converter() -> cattrs.Converter:
        made = default_converter()

        def action(value: Any, _: Any) -> Any:
            kind = types.Command if isinstance(value.get("command"), str) else types.CodeAction
            return made.structure(value, kind)

        made.register_structure_hook(Union[types.Command, types.CodeAction], action)  # noqa: UP007 - its key
        return made

    return pytest_lsp.LanguageClient(converter_factory=converter)


def plain(value: Any) -> Any:
    """Turn pygls' named tuples for untyped JSON into dictionaries."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


async def soon(call: Awaitable[Any]) -> Any:
    """What a call returns, which must not take for ever."""
    return await asyncio.wait_for(call, PATIENCE)


_LINE_END = re.compile(r"\r\n|\r|\n")
_BYTES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
"""Of a unit."""


def position(text: str, offset: int, encoding: str) -> types.Position:
    """The position of a character by the specification's rule of lines."""
    ends = [match.end() for match in _LINE_END.finditer(text, 0, offset)]
    before = text[ends[-1] if ends else 0 : offset]
    name = "utf-8" if encoding == "utf-8" else f"{encoding}-le"
    return types.Position(len(ends), len(before.encode(name, "surrogatepass")) // _BYTES[encoding])


def between_lines(text: str, offset: int) -> int:
    """``offset``, or the next one if it is between the two characters of one line end, where no position is."""
    return offset + (offset > 0 and text[offset - 1 : offset + 1] == "\r\n")


@dataclass
class Document:
    """A document as the editor has it."""

    uri: str
    text: str
    version: int = 0

    def splice(
        self, start: int, end: int, new: str, encoding: str = "utf-16"
    ) -> types.TextDocumentContentChangePartial:
        """Put ``new`` in place of what is between two offsets; returns the change."""
        text = self.text
        self.text = text[:start] + new + text[end:]
        place = types.Range(position(text, start, encoding), position(text, end, encoding))
        return types.TextDocumentContentChangePartial(range=place, text=new)

    @property
    def identifier(self) -> types.TextDocumentIdentifier:
        """How requests name it."""
        return types.TextDocumentIdentifier(self.uri)


class Requests:
    """The requests of an editor; an answer without a type of its own is plain Python objects."""

    client: pytest_lsp.LanguageClient

    async def hover(self, document: Document, line: int, character: int = 4) -> types.Hover | None:
        """Hover over a place."""
        params = types.HoverParams(document.identifier, types.Position(line, character))
        return await soon(self.client.text_document_hover_async(params))

    async def hover_text(self, document: Document, line: int, character: int = 4) -> str:
        """What a hover says."""
        hover = await self.hover(document, line, character)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    async def command(self, name: str, *arguments: Any) -> Any:
        """Execute a server command."""
        params = types.ExecuteCommandParams(command=name, arguments=list(arguments))
        return plain(await soon(self.client.workspace_execute_command_async(params)))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Send any notification of the protocol."""
        protocol = self.client.protocol
        protocol.notify(method, protocol._converter.structure(params, types.METHOD_TO_TYPES[method][2]))

    async def request(self, method: str, params: Any) -> Any:
        """Send any request."""
        return plain(await soon(self.client.protocol.send_request_async(method, params)))

    async def cancelled_request(self, method: str, params: Any, *, after: float = 0.05) -> Any:
        """Send a request, cancel it, and return the error that it is answered with."""
        protocol = self.client.protocol
        message_id = str(uuid.uuid4())
        answer = asyncio.wrap_future(protocol.send_request(method, params, msg_id=message_id))
        await asyncio.sleep(after)
        protocol.notify(types.CANCEL_REQUEST, types.CancelParams(id=message_id))
        return await self.error_of(soon(answer))

    async def error_of(self, call: Awaitable[Any]) -> Any:
        """The error that a request is answered with."""
        try:
            await call
        except JsonRpcException as error:
            return error
        raise AssertionError("the request was answered")

    async def rescore(self, document: Document, place: Any = None) -> Any:
        """Score a document, or a place in it, now and without a message."""
        return await self.command("codeorigin.rescore", document.uri, place, {"quiet": True})

    async def explain(self, document: Document, line: int) -> Any:
        """Explain the function at a line without a message."""
        place = {"line": line, "character": 0}
        return await self.command("codeorigin.explain", document.uri, place, {"quiet": True})

    async def scan_changes(self, folder: str | None = None) -> Any:
        """Scan what has changed in the workspace, or in one of its folders, without a message."""
        return await self.command("codeorigin.scanChanges", folder, {"quiet": True})

    async def attributions(self, document: Document) -> Any:
        """The evidence of all lines of a document."""
        return await self.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})

    async def lenses(self, document: Document) -> list[types.CodeLens]:
        """The code lenses of a document."""
        params = types.CodeLensParams(document.identifier)
        return list(await self.client.text_document_code_lens_async(params))

    async def actions(
        self, document: Document, place: types.Range, *found: types.Diagnostic, only: list[str] | None = None
    ) -> dict[str, types.CodeAction]:
        """What the server offers at a place with these diagnostics, by title."""
        context = types.CodeActionContext(diagnostics=list(found), only=only)
        params = types.CodeActionParams(document.identifier, place, context)
        offered = await self.client.text_document_code_action_async(params)
        assert all(isinstance(each, types.CodeAction) for each in offered)
        return {each.title: each for each in offered}
