"""The ``codeorigin`` command, and ``python -m codeorigin``."""

import os
import sys

import codeorigin
from codeorigin.core.safe_path import PYTHONPATH_ADVICE, trust_no_folder, untrusted_entries


def main() -> int:
    """Run the command line; answer what editors ask most often before the full parser is built."""
    # Before anything else is imported: the current folder may be a repository with a module of any name.
    trust_no_folder()
    # ruff: noqa: PLC0415
    from codeorigin.core.garbage import collect_seldom
    from codeorigin.shell.exit_codes import guarded
    from codeorigin.shell.terminal import open_closed_streams

    collect_seldom()
    # NumPy's linear algebra would start threads, and there is next to none here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    open_closed_streams()
    if untrusted_entries():
        sys.stderr.write(f"codeorigin: warning: {PYTHONPATH_ADVICE}\n")
    if sys.argv[1:] in (["--version"], ["-V"]):
        return guarded(_show_version)
    from codeorigin.cli.app import main as run

    return run()


def _show_version() -> int:
    sys.stdout.write(f"codeorigin {codeorigin.__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
