"""``codeorigin serve``: the process around the server."""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO

from codeorigin.lsp.connection import logs
from codeorigin.lsp.connection.transport import Writer, accept_client, start_reader, take_stdio
from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)

STOP_SECONDS = 0.5


def serve(
    *,
    tcp: tuple[str, int] | None = None,
    log_file: Path | None = None,
    log_level: str = "info",
    model_dir: Path | None = None,
) -> int:
    """Serve one client and return the exit code: 0 after ``shutdown`` and ``exit``, else 1.

    Args:
        tcp: host and port to listen on (port 0: any free one, named on stderr); None: stdin and stdout.
        log_file: where the log goes in place of stderr.
        log_level: ``error``, ``warning``, ``info`` or ``debug``; only ``debug`` logs texts of documents.
        model_dir: the model to use, whatever the client's settings say; None leaves it to them.

    Raises:
        CodeOriginError: the log file cannot be written or the port cannot be had.
    """
    handler = logs.configure(log_level, log_file)
    reader, writer = take_stdio() if tcp is None else accept_client(*tcp)
    server = CodeOriginServer(model_dir)
    register_all(server)
    try:
        code = asyncio.run(_run(server, reader, writer))
    except KeyboardInterrupt:
        code = 1
    if not server.worker.stop(STOP_SECONDS):
        # Inference cannot be interrupted in the middle, and a thread inside native code must not meet the
        # interpreter's end: leave without it.
        logger.info("leaving with work in flight")
        handler.flush()
        sys.stderr.flush()
        with contextlib.suppress(OSError, ValueError):
            writer.flush()
        os._exit(code)
    handler.flush()
    return code


async def _run(server: CodeOriginServer, reader: BinaryIO, writer: BinaryIO) -> int:
    loop = asyncio.get_running_loop()
    ended = server.attach()
    loop.set_exception_handler(_log_failure)
    server.protocol.set_writer(Writer(writer, lost=lambda: server.end(1)))

    def from_thread(call: object, *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the server is ending
            loop.call_soon_threadsafe(call, *arguments)  # type: ignore[arg-type]

    start_reader(
        reader,
        receive=lambda body: from_thread(server.protocol.receive, body),
        ended=lambda: from_thread(_stream_ended, server),
    )
    code = await ended
    server.stop_work()
    return code


def _stream_ended(server: CodeOriginServer) -> None:
    server.end(0 if server.protocol.was_shut_down else 1)


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    logger.error("a background task failed", exc_info=error if isinstance(error, BaseException) else None)
