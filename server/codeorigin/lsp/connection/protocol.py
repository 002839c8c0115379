"""A hardened message loop: every request gets an answer, whatever was sent, and no text leaks.

pygls drops requests that it cannot parse and requests after ``shutdown``, and it puts tracebacks into replies.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Generator
from functools import partial
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from codeorigin.lsp.connection.readable import structured
from codeorigin.lsp.documents.documents import SourceWorkspace

logger = logging.getLogger(__name__)

_KEYS = ("jsonrpc", "id", "method", "params")
_BEFORE_INITIALIZE = {types.INITIALIZE, types.EXIT}


class CodeOriginProtocol(LanguageServerProtocol):
    """The protocol of pygls with its gaps closed."""

    on_exit: Callable[[int], None] = staticmethod(lambda _: None)
    """Called with the exit code when the client has sent ``exit``."""

    def receive(self, body: bytes) -> None:
        """Handle one message. Never raises."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            logger.warning("a message that is not JSON was refused")
            self._refuse(None, types.ErrorCodes.ParseError, "the message is not JSON")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            self._refuse(None, types.ErrorCodes.InvalidRequest, "not a JSON-RPC 2.0 message")
            return
        try:
            self._accept(message)
        except Exception:
            # If it was a request, the handler's callback or `_accept` has already replied. A notification or a
            # response that cannot be handled is dropped.
            logger.exception("a message could not be handled")

    def _accept(self, message: dict[str, Any]) -> None:
        request_id, method = message.get("id"), message.get("method")
        if "method" in message:
            if not isinstance(method, str) or not isinstance(request_id, int | str | None):
                self._refuse(None, types.ErrorCodes.InvalidRequest, "method must be a string")
                return
            if (refusal := self._refusal_of_state(method)) is not None:
                if request_id is not None:
                    self._refuse(request_id, *refusal)
                return
            if request_id is not None and types.METHOD_TO_TYPES.get(method, (None, Any))[1] is None:
                # The library would handle it without a reply, and the client would wait forever.
                self._refuse(request_id, types.ErrorCodes.InvalidRequest, f"{method} is no request")
                return
        elif request_id is None or not ("result" in message or "error" in message):
            self._refuse(None, types.ErrorCodes.InvalidRequest, "neither a request nor a response")
            return
        if method is not None and method not in types.METHOD_TO_TYPES:
            # For methods that it has no type for, the library requires `params` and knows only these keys.
            message = {"params": None, **{key: message[key] for key in _KEYS if key in message}}
        try:
            # The library forgets the type of an answer once it has tried to read it.
            readable = (
                self.structure_message(message)
                if method is None
                else structured(message, self.structure_message, self._version_of)
            )
        except JsonRpcException:
            logger.warning("the contents of %s could not be read", _known(method))
            if method is None:
                asked = self._request_futures.pop(request_id, None) if request_id is not None else None
                if asked is not None and not asked.done():
                    asked.set_exception(ValueError("the client's answer could not be read"))
            elif request_id is not None:
                self._refuse(
                    request_id, types.ErrorCodes.InvalidParams, f"the parameters of {method} are not valid"
                )
            return
        self.handle_message(readable)

    def _version_of(self, uri: str) -> int | None:
        document = self._workspace.text_documents.get(unquote(uri)) if self._workspace is not None else None
        return None if document is None else document.version

    def _refusal_of_state(self, method: str) -> tuple[int, str] | None:
        if self._workspace is None and method not in _BEFORE_INITIALIZE:
            return types.ErrorCodes.ServerNotInitialized, "initialize must be the first request"
        if self._workspace is not None and method == types.INITIALIZE:
            return types.ErrorCodes.InvalidRequest, "initialize was already sent"
        if self._shutdown and method != types.EXIT:
            return types.ErrorCodes.InvalidRequest, "the server is shutting down"
        return None

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Callable[..., Any],
        callback: Callable[[Any], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler, forget it when it is done, and cancel it when the request that it serves is cancelled.

        The library keeps the futures of notifications forever, and a command keeps running after its request is
        cancelled.
        """

        def ended(future: Any) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, ended, args, kwargs)
        running = self._request_futures.get(msg_id)
        request = callback.keywords.get("result_future") if isinstance(callback, partial) else None
        if running is not None and request is not None:
            request.add_done_callback(lambda done: running.cancel() if done.cancelled() else None)

    def _refuse(self, request_id: int | str | None, code: int, message: str) -> None:
        # Built by hand, because the library's type does not allow the null id that JSON-RPC requires here.
        self._send_data(
            {"jsonrpc": self.VERSION, "id": request_id, "error": {"code": int(code), "message": message}}
        )

    def _send_response(
        self, msg_id: int | str, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        if error is not None and isinstance(error.data, dict) and "traceback" in error.data:
            error = types.ResponseError(code=error.code, message=error.message)
        super()._send_response(msg_id, result, error)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer ``initialize``, and install the workspace class that follows LSP's line rule."""
        params.root_uri = params.root_path = None  # only workspace folders count
        handler = super().lsp_initialize(params)
        user_call = next(handler)
        old = self.workspace
        self._workspace = SourceWorkspace(
            old.root_uri,
            self._server._text_document_sync_kind,
            params.workspace_folders or [],
            ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities),
        )
        result = yield user_call
        try:
            handler.send(result)
        except StopIteration as stop:
            return _tidy(stop.value)
        raise RuntimeError("initialize asked for a second handler")

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_: Any) -> Generator[Any, Any, None]:
        """Stop all work; pending requests are answered as cancelled."""
        if (user_handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield user_handler, (None,), None
        this_request = self.msg_id
        for request_id, future in list(self._request_futures.items()):
            if request_id != this_request and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> Generator[Any, Any, None]:
        """Stop the server with exit code 0 after ``shutdown``, 1 without it."""
        self.on_exit(0 if self._shutdown else 1)
        yield from ()

    @property
    def was_shut_down(self) -> bool:
        """Whether ``shutdown`` was answered."""
        return self._shutdown

    def ask(self, method: str, params: Any) -> asyncio.Future[Any]:
        """Send a request to the client; the returned future can safely be cancelled or dropped.

        If the library's own future is cancelled, a late reply from the client raises an error. The returned future
        is therefore detached from it. A reply arrives in it at once, so that a request right after it meets, say, the
        new settings.
        """
        loop = asyncio.get_running_loop()
        outer: asyncio.Future[Any] = loop.create_future()
        outer.add_done_callback(lambda done: None if done.cancelled() else done.exception())

        def answered(inner: Any) -> None:
            if outer.done():
                return
            if inner.cancelled():
                outer.cancel()
            elif (error := inner.exception()) is not None:
                outer.set_exception(error)
            else:
                outer.set_result(inner.result())

        self.send_request(method, params).add_done_callback(answered)
        return outer


def _known(method: object) -> str:
    return method if isinstance(method, str) and method in types.METHOD_TO_TYPES else "a message"


def _tidy(result: types.InitializeResult) -> types.InitializeResult:
    workspace = result.capabilities.workspace
    if workspace is not None:
        workspace.file_operations = None  # pygls sends an empty object for operations without a handler
    return result
