"""``codeorigin language``: guess the language of files from their text alone."""

import sys
from collections.abc import Sequence
from pathlib import Path

from codeorigin.check.inputs import STDIN, STDIN_NAME, read_stdin
from codeorigin.core.errors import SourceError
from codeorigin.language_id import Guess, guess_language
from codeorigin.languages.parse_budget import one_run, run_budget
from codeorigin.report.values import encoded
from codeorigin.settings.schema import Settings
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import ExplanationFormat, LanguageOptions
from codeorigin.shell.terminal import display_path, printable, to_stderr, write_all
from codeorigin.text.sources import read_source

_MAX_BYTES = Settings().max_file_size


def read_text(name: str) -> str:
    """The text of a file, or of stdin for ``-``, as UTF-8 whatever a declaration says; raises SourceError."""
    if name == STDIN:
        return read_stdin("", _MAX_BYTES)
    return read_source(Path(name), _MAX_BYTES, "")


def run_language(options: LanguageOptions) -> int:
    """Print the language of each text, and return 0, or 2 if a text could not be read; raises ModelError."""
    guesses: list[tuple[str, Guess]] = []
    errors: list[tuple[str, str]] = []
    budget = run_budget()
    for name in dict.fromkeys(options.paths):
        shown = STDIN_NAME if name == STDIN else display_path(name)
        try:
            with one_run(budget):
                guesses.append((shown, guess_language(read_text(name))))
        except SourceError as error:
            message = display_path(error.reason)
            errors.append((shown, message))
            to_stderr(f"{shown}: {message}")
    written = _json(guesses, errors) if options.format is ExplanationFormat.JSON else _lines(guesses)
    write_all(sys.stdout, written)
    return ExitCode.ERROR if errors else ExitCode.OK


def _lines(guesses: Sequence[tuple[str, Guess]]) -> str:
    return "".join(
        f"{printable(path)}: {guess.language} ({guess.confidence:.2f})\n"
        if guess.language is not None
        else f"{printable(path)}: not known\n"
        for path, guess in guesses
    )


def _json(guesses: Sequence[tuple[str, Guess]], errors: Sequence[tuple[str, str]]) -> str:
    report = {
        "files": [
            {"path": path, "language": guess.language, "confidence": round(guess.confidence, 4)}
            for path, guess in guesses
        ],
        "errors": [{"path": path, "message": message} for path, message in errors],
    }
    return encoded(report, indent=2) + "\n"
