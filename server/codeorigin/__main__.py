"""The ``codeorigin`` command, and ``python -m codeorigin``."""

import sys

import codeorigin


def main() -> int:
    """Run the command line; handle the most frequent calls of editors and scripts before the full parser is built."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"codeorigin {codeorigin.__version__}\n")
        return 0
    if sys.argv[1:2] == ["serve"]:
        from codeorigin.cli.exit_codes import guarded  # noqa: PLC0415
        from codeorigin.cli.serve import plain_options, run_serve  # noqa: PLC0415

        options = plain_options(sys.argv[2:])
        if options is not None:
            return guarded(lambda: run_serve(options))
    from codeorigin.cli.app import main as run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
