"""``codeorigin serve``: runs the server process for one client."""

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from typing import BinaryIO

from codeorigin.lsp.connection import logs
from codeorigin.lsp.connection.transport import Writer, start_reader, take_stdio
from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)

STOP_SECONDS = 0.5
WRITE_SECONDS = 2.0


def serve(*, log_file: Path | None = None, log_level: str = "info", model_dir: Path | None = None) -> int:
    """Serve the client on stdin and stdout and return the exit code: 0 after ``shutdown`` and ``exit``, else 1.

    Args:
        log_file: file to log to instead of stderr.
        log_level: ``error``, ``warning``, ``info`` or ``debug``; only ``debug`` logs document text.
        model_dir: the model to use, overriding the client's settings; None uses those settings.

    Raises:
        CodeOriginError: the log level is unknown, or the log file cannot be written.
    """
    handler = logs.configure(log_level, log_file)
    streams = take_stdio()
    server = CodeOriginServer(model_dir)
    register_all(server)
    code, is_written = 1, False
    with contextlib.suppress(KeyboardInterrupt):
        code, is_written = asyncio.run(_run(server, *streams))
    if not server.session.engine.scorer.stop(STOP_SECONDS) or not is_written:
        # Neither inference nor a write to a client that does not read can be interrupted, and no thread may be inside
        # native code when the interpreter shuts down. Exit without shutting it down.
        logger.info("leaving with work in flight")
        handler.close()
        os._exit(code)
    handler.close()
    return code


async def _run(server: CodeOriginServer, stdin: BinaryIO, stdout: BinaryIO) -> tuple[int, bool]:
    """Return the exit code and whether everything for the client was written."""
    loop = asyncio.get_running_loop()
    ended = server.attach()
    loop.set_exception_handler(_log_failure)

    def from_thread(call: object, *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed because the server is stopping
            loop.call_soon_threadsafe(call, *arguments)  # type: ignore[arg-type]

    writer = Writer(stdout, lost=lambda: from_thread(server.end, 1))
    server.protocol.set_writer(writer)
    start_reader(
        stdin,
        receive=lambda body: from_thread(server.protocol.receive, body),
        ended=lambda: from_thread(_stream_ended, server),
    )
    code = await ended
    server.session.stop()
    return code, writer.finish(WRITE_SECONDS)


def _stream_ended(server: CodeOriginServer) -> None:
    server.end(0 if server.protocol.was_shut_down else 1)


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    logger.error("a background task failed", exc_info=error if isinstance(error, BaseException) else None)
