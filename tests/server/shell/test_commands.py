"""What every command shares: exit codes with at most one line, and dates in options."""

from collections.abc import Callable
from typing import NoReturn

import pytest

from codeorigin.core.errors import CodeOriginError, ModelError, SourceError
from codeorigin.shell.days import since_seconds, until_seconds
from codeorigin.shell.exit_codes import ExitCode, guarded


def raising(error: BaseException) -> Callable[[], NoReturn]:
    def work() -> NoReturn:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SourceError("x.py: no such file"), ExitCode.ERROR, "codeorigin: x.py: no such file\n"),
        (ModelError("broken"), ExitCode.ERROR, "codeorigin: broken\n"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "codeorigin: interrupted\n"),
        (
            PermissionError(13, "Permission denied", "/home/ada/secret"),
            ExitCode.ERROR,
            "codeorigin: /home/ada/secret: Permission denied\n",
        ),
        (
            ZeroDivisionError("a\x1bb"),
            ExitCode.ERROR,
            "codeorigin: unexpected ZeroDivisionError: a\\x1bb (run with --debug for the traceback)\n",
        ),
        (
            RecursionError(),
            ExitCode.ERROR,
            "codeorigin: unexpected RecursionError (run with --debug for the traceback)\n",
        ),
    ],
)
def test_errors_give_one_line_and_an_exit_code(
    error: BaseException, code: ExitCode, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error)) == code
    captured = capsys.readouterr()
    assert captured.err == line
    assert captured.out == ""


def test_ctrl_c_during_the_import_of_a_compiled_module_is_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> NoReturn:
        # As pybind11 raises it from a module's initialisation.
        raise ImportError("initialization failed") from KeyboardInterrupt()

    assert guarded(work) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "codeorigin: interrupted\n"


def test_debug_raises_only_unexpected_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        guarded(raising(ZeroDivisionError()), debug=True)
    assert guarded(raising(SourceError("gone")), debug=True) == ExitCode.ERROR
    assert capsys.readouterr().err == "codeorigin: gone\n"


@pytest.mark.parametrize("code", [0, 1, 2])
def test_exit_code_of_the_work_is_kept(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: code) == code
    assert capsys.readouterr().err == ""


def test_days_months_and_years_are_parsed() -> None:
    assert since_seconds("1970-01-02") == 86400
    assert until_seconds("1970-01-02") == 2 * 86400
    assert until_seconds("1970-01") == 31 * 86400
    assert until_seconds("1970") == 365 * 86400
    assert until_seconds("2024-02") == since_seconds("2024-03")
    assert since_seconds(None) is until_seconds(None) is None


@pytest.mark.parametrize("text", ["1970-13", "9999", "9999-12-31", ""])
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(CodeOriginError, match="is not a date"):
        until_seconds(text)
