"""``codeorigin serve``: start the language server on stdin and stdout."""

import gc
from pathlib import Path


def run_serve(*, log_file: Path | None, log_level: str, model: Path | None) -> int:
    """Serve until the client disconnects, and return the server's exit code."""
    # Importing the protocol creates thousands of permanent objects, none of them garbage.
    gc.disable()
    # The other commands need no server.
    from codeorigin.lsp.app import serve  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    return serve(log_file=log_file, log_level=log_level, model_dir=model)
