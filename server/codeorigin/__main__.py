"""The ``codeorigin`` command, and ``python -m codeorigin``."""

import sys

import codeorigin


def main() -> int:
    """Run the command line; answer what editors ask most often before the full parser is built."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"codeorigin {codeorigin.__version__}\n")
        return 0
    # Before anything else is imported: the current folder may be a repository with a module of any name.
    from codeorigin.processes import trust_no_folder  # noqa: PLC0415

    trust_no_folder()
    from codeorigin.cli.app import main as run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
