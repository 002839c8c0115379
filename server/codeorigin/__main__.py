"""The ``codeorigin`` command, and ``python -m codeorigin``."""

import sys

import codeorigin


def main() -> int:
    """Run the command line. The version alone is answered here, before the command's options are built."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"codeorigin {codeorigin.__version__}\n")
        return 0
    from codeorigin.cli.app import main as run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
