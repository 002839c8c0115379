"""``codeorigin serve``: start the language server on stdio or on a TCP socket."""

from dataclasses import dataclass
from pathlib import Path

from codeorigin.errors import CodeOriginError


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How the server talks and where it writes its log. Without ``tcp`` it talks over stdin and stdout."""

    tcp: tuple[str, int] | None = None
    log_file: Path | None = None
    log_level: str = "info"
    model: Path | None = None


def parse_address(address: str) -> tuple[str, int]:
    """``HOST:PORT`` (``[::1]:2087`` for IPv6, port 0 for any free one); raises CodeOriginError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise CodeOriginError(f"{address}: write the address as HOST:PORT, for example 127.0.0.1:2087")
    return host.removeprefix("[").removesuffix("]"), int(port)


def run_serve(options: ServeOptions) -> int:
    """Serve until the client leaves; the exit code is the server's."""
    from codeorigin.lsp.app import serve  # noqa: PLC0415 - the other commands need no server

    return serve(
        tcp=options.tcp, log_file=options.log_file, log_level=options.log_level, model_dir=options.model
    )
