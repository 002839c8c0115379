"""``codeorigin serve``: start the language server on stdio, a Unix socket or a TCP socket."""

import gc
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from codeorigin.errors import CodeOriginError
from codeorigin.text.regular_files import read_regular_file

TOKEN_VARIABLE = "CODEORIGIN_TOKEN"
LOG_LEVELS = ("error", "warning", "info", "debug")
MIN_TOKEN_LENGTH = 16
MAX_TOKEN_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to connect, and where to log. Without ``tcp`` or ``socket`` the server uses stdin and stdout.

    ``token_file`` contains the token for TCP clients; ``allow_remote`` lets other machines connect.
    """

    tcp: tuple[str, int] | None = None
    socket: Path | None = None
    token_file: Path | None = None
    allow_remote: bool = False
    log_file: Path | None = None
    log_level: str = "info"
    model: Path | None = None


def plain_options(arguments: Sequence[str]) -> ServeOptions | None:
    """Parse the options of ``serve`` that editors use on stdio; None if there are others, which typer must parse.

    Parsing these few by hand avoids importing the command-line libraries every time an editor starts.
    """
    values: dict[str, str] = {}
    waiting = list(reversed(arguments))
    while waiting:
        name, equals, value = waiting.pop().partition("=")
        if name not in {"--log-level", "--log-file", "--model"} or name in values:
            return None
        if not equals:
            value = waiting.pop() if waiting else ""
        if not value or (value.startswith("-") and not equals):
            return None
        values[name] = value
    level = values.get("--log-level", "info")
    if level not in LOG_LEVELS:
        return None
    log_file, model = values.get("--log-file"), values.get("--model")
    return ServeOptions(
        log_level=level,
        log_file=None if log_file is None else Path(log_file),
        model=None if model is None else Path(model),
    )


def parse_address(address: str) -> tuple[str, int]:
    """Parse ``HOST:PORT`` (``[::1]:2087`` for IPv6, port 0 for any free port); raises CodeOriginError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise CodeOriginError(f"{address}: write the address as HOST:PORT, for example 127.0.0.1:2087")
    return host.removeprefix("[").removesuffix("]"), int(port)


def choose_token(token_file: Path | None) -> tuple[str, bool]:
    """The token for TCP clients, and whether it is new and must be shown.

    It comes from ``token_file`` or else from the environment variable, which is removed in any case; without either,
    it is generated. Raises CodeOriginError.
    """
    given = os.environ.pop(TOKEN_VARIABLE, None)
    source = TOKEN_VARIABLE
    if token_file is not None:
        source = str(token_file)
        try:
            given = read_regular_file(token_file, MAX_TOKEN_LENGTH).decode("utf-8").strip()
        except OSError as error:
            raise CodeOriginError(f"{source}: cannot read the token: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CodeOriginError(f"{source}: the token must be UTF-8 text") from error
    if given is None:
        return secrets.token_urlsafe(24), True
    if not MIN_TOKEN_LENGTH <= len(given) <= MAX_TOKEN_LENGTH:
        raise CodeOriginError(
            f"{source}: a token must be {MIN_TOKEN_LENGTH} to {MAX_TOKEN_LENGTH} characters long and hard to guess"
        )
    return given, False


def run_serve(options: ServeOptions) -> int:
    """Serve until the client disconnects, and return the server's exit code."""
    # Importing the protocol creates thousands of permanent objects, none of them garbage.
    gc.disable()
    # The other commands need no server.
    from codeorigin.lsp.app import accept_tcp, accept_unix, serve, take_stdio  # noqa: PLC0415

    gc.freeze()
    gc.enable()

    connect = take_stdio
    if options.socket is not None and options.tcp is not None:
        raise CodeOriginError("--tcp and --socket are two ways to connect; choose one")
    if options.tcp is None and (options.token_file is not None or options.allow_remote):
        raise CodeOriginError("--token-file and --allow-remote belong to --tcp")
    if options.socket is not None:
        connect = partial(accept_unix, options.socket)
    elif options.tcp is not None:
        token, show = choose_token(options.token_file)
        host, port = options.tcp
        connect = partial(
            accept_tcp, host, port, token=token, show_token=show, allow_remote=options.allow_remote
        )
    return serve(
        connect=connect, log_file=options.log_file, log_level=options.log_level, model_dir=options.model
    )
