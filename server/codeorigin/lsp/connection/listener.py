"""Accept one authorized client over a socket: by token over TCP, by owner on a Unix socket.

Any user's programs, and any web page, can reach a TCP port on this machine. A connection that does not begin like an
LSP client is therefore closed, and so is a TCP connection without the token. The server then waits for the next one.
"""

import contextlib
import errno
import hmac
import ipaddress
import json
import logging
import os
import re
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.transport import Connection

logger = logging.getLogger(__name__)

FIRST_MESSAGE_SECONDS = 10.0
MAX_FIRST_MESSAGE_BYTES = 1024 * 1024
MAX_FIRST_HEADER_BYTES = 1024
_HEADER = re.compile(rb"content-(?:length:[ \t]*(\d{1,9})|type:[ -~]*)[ \t]*\r?\n", re.IGNORECASE)
_NOT_ADMITTED = "initializationOptions.token is missing or is not the server's token"


class _RefusedError(Exception):
    """Why a connection is closed; contains nothing that the client sent."""


def accept_tcp(
    host: str, port: int, *, token: str, show_token: bool = False, allow_remote: bool = False
) -> Connection:
    """Listen on the address and wait for a client whose ``initialize`` carries ``token``.

    Args:
        host: a host name or address; without ``allow_remote``, only this machine may be able to reach it.
        port: the port number; 0 picks a free one.
        token: what the client must send as ``initializationOptions.token``.
        show_token: write the token to stderr, next to the address.
        allow_remote: let other machines connect; traffic is not encrypted.

    Raises:
        CodeOriginError: the address is not available, or other machines can reach it without ``allow_remote``.
    """
    if not allow_remote and not _is_loopback(host):
        raise CodeOriginError(
            f"{host}: other machines can reach this address; listen on 127.0.0.1, or add --allow-remote"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CodeOriginError(f"cannot listen on {host}:{port}: {reason}; choose another port") from error
    with listener:
        bound = listener.getsockname()
        _announce(f"{bound[0]}:{bound[1]}{f', token {token}' if show_token else ''}")
        return _accept(listener, token)


def accept_unix(path: Path) -> Connection:
    """Listen on a Unix socket that only its owner can open, wait for a client, then remove the socket.

    Raises:
        CodeOriginError: the path is in use, or the system has no Unix sockets.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise CodeOriginError(f"{path}: this system has no Unix sockets; use --tcp")
    with _bound(path) as listener:
        _announce(str(path))
        return _accept(listener, None)


@contextlib.contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        # The permissions must be in effect from the start, so chmod would be too late.
        before = os.umask(0o177)
        try:
            _remove_abandoned(path)
            listener.bind(str(path))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CodeOriginError(f"cannot listen on {path}: {reason}; choose another path") from error
        finally:
            os.umask(before)
        try:
            listener.listen()
            yield listener
        finally:
            with contextlib.suppress(OSError):
                path.unlink()


def _remove_abandoned(path: Path) -> None:
    """Remove a socket at ``path`` that no server listens on. Raises OSError if something else is there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise OSError(errno.EEXIST, "something else has this name")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(errno.EADDRINUSE, "another server listens there")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return True  # listening on it will fail and report why
    return all(ipaddress.ip_address(each[4][0]).is_loopback for each in found)


def _announce(where: str) -> None:
    print(f"codeorigin: listening on {where}", file=sys.stderr, flush=True)  # noqa: T201


def _accept(listener: socket.socket, token: str | None) -> Connection:
    """Return the first admitted client; disconnect others, each after ``FIRST_MESSAGE_SECONDS`` at most."""
    while True:
        client, _ = listener.accept()
        # The deadline is for the whole first message, so that a slow trickle of bytes cannot keep others out.
        deadline = threading.Timer(FIRST_MESSAGE_SECONDS, _hang_up, [client])
        deadline.daemon = True
        deadline.start()
        reader = client.makefile("rb")
        try:
            first = _first_message(reader)
            if token is not None:
                first = _admitted(first, token, client)
        except (_RefusedError, OSError) as error:
            reason = str(error) if isinstance(error, _RefusedError) else "it was closed"
            logger.warning("a connection was refused: %s", reason)
            _hang_up(client)
            reader.close()
            client.close()
            continue
        finally:
            deadline.cancel()
        if client.family != getattr(socket, "AF_UNIX", None):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Connection(reader, client.makefile("wb"), first)


def _hang_up(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _first_message(stream: BinaryIO) -> bytes:
    """Read the body of the first message, strictly, so that an HTTP request, say, is not mistaken for LSP."""
    length: int | None = None
    left = MAX_FIRST_HEADER_BYTES
    while (line := stream.readline(left)) not in {b"\r\n", b"\n"}:
        left -= len(line)
        header = _HEADER.fullmatch(line)
        if header is None or left <= 0:
            raise _RefusedError("it does not begin with an LSP header")
        length = int(header[1]) if header[1] is not None else length
    if length is None or length > MAX_FIRST_MESSAGE_BYTES:
        raise _RefusedError("its first message has no length, or is too long")
    body = stream.read(length)
    if len(body) < length:
        raise _RefusedError("its first message breaks off")
    return body


def _admitted(body: bytes, token: str, client: socket.socket) -> bytes:
    """Check the token and return the ``initialize`` request without it, since nothing else needs it."""
    try:
        message: Any = json.loads(body)
        options = message["params"]["initializationOptions"]
        given = options["token"]
        is_known: bool = message["method"] == "initialize" and hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), token.encode("utf-8", "surrogatepass")
        )
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        is_known = False
    if not is_known:
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": _NOT_ADMITTED}}
        answer = json.dumps(error).encode()
        client.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer))
        raise _RefusedError("its first message is not initialize with the token")
    del options["token"]
    return json.dumps(message).encode()
