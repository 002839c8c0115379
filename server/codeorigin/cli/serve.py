"""``codeorigin serve``: start the language server on stdin and stdout."""

import gc

from codeorigin.cli.options import ServeOptions


def run_serve(options: ServeOptions) -> int:
    """Serve until the client disconnects, and return the server's exit code."""
    # Importing the protocol creates thousands of permanent objects, none of them garbage.
    gc.disable()
    # The other commands need no server.
    from codeorigin.lsp.app import serve  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    return serve(log_file=options.log_file, log_level=options.log_level.value, model_dir=options.model)
