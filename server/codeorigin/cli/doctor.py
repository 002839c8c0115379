"""``codeorigin doctor``: versions, the model and a self test, speed, and the settings that apply in this folder."""

import importlib.metadata
import platform
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.text import Text

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin.core.safe_path import PYTHONPATH_ADVICE, untrusted_entries
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import find_functions
from codeorigin.language_id.model import LanguageModel
from codeorigin.languages import LANGUAGES
from codeorigin.report.verdicts import BAND_NAMES
from codeorigin.settings.project import project_of
from codeorigin.shell.console import make_console
from codeorigin.shell.exit_codes import ExitCode, describe_unexpected
from codeorigin.shell.options import DoctorOptions, cores
from codeorigin.shell.terminal import display_path, printable, to_stderr

REINSTALL = "reinstall codeorigin"
RECORDED_LOGIT = 0.9859
"""The logit that the model that ships gives :data:`SNIPPET`, the same on every processor."""
_TOLERANCE = 1e-3
_DISTRIBUTIONS = ("numpy", "tree-sitter", "pygls")
_SPEED_FUNCTIONS = 32
_INDENT = 22
"""The column in which all results begin."""
_DETAIL = textwrap.TextWrapper(80 - _INDENT, break_long_words=False, break_on_hyphens=False)
"""No terminal is narrower; a path stays whole, so that it can be copied."""

SNIPPET = '''\
def moving_average(values, window):
    """Return the averages of all runs of `window` neighbouring values."""
    if window < 1 or window > len(values):
        raise ValueError("window must lie between 1 and the number of values")
    total = sum(values[:window])
    averages = [total / window]
    for leaving, entering in zip(values, values[window:]):
        total += entering - leaving
        averages.append(total / window)
    return averages
'''


def _versions() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _DISTRIBUTIONS)


def _languages() -> str:
    for language in LANGUAGES.values():
        find_functions("", language)
    return ", ".join(language.name for language in LANGUAGES.values())


def self_test(analyzer: Analyzer, recorded: float | None) -> str:
    """Score a built-in function; raises if it has no verdict, or not the ``recorded`` logit."""
    functions = analyzer.analyze(Document(SNIPPET, "python")).functions
    verdict = functions[0].verdict if functions else None
    if verdict is None or verdict.logit is None or verdict.probability is None or verdict.band is None:
        raise CodeOriginError("the built-in function got no verdict")
    figures = f"probability {verdict.probability:.2f} ({BAND_NAMES[verdict.band]})"
    if recorded is None:
        return figures
    if not abs(verdict.logit - recorded) <= _TOLERANCE:
        raise CodeOriginError(
            f"the built-in function has the logit {verdict.logit:+.4f}, not {recorded:+.4f}"
        )
    return f"{figures}, as recorded"


def _speed(analyzer: Analyzer) -> str:
    """Measure functions scored per second, on text that is not in any cache."""
    texts = [SNIPPET.replace("average", f"average_{number}") for number in range(_SPEED_FUNCTIONS)]
    started = time.perf_counter()
    analyzer.analyze(Document("\n\n".join(texts), "python"))
    return f"{_SPEED_FUNCTIONS / (time.perf_counter() - started):,.0f} functions/s"


def _search_path() -> str:
    if untrusted_entries():
        raise CodeOriginError(PYTHONPATH_ADVICE)
    return "names no current folder"


def _settings() -> str:
    project = project_of([Path.cwd()])
    if project.problems:
        raise CodeOriginError("; ".join(project.problems))
    return "none in this folder" if project.file is None else display_path(project.file)


def _checks(options: DoctorOptions) -> Iterator[tuple[str, Callable[[], str], str]]:
    """Yield the name of each check, the check, and what to do if it fails."""
    yield "codeorigin", lambda: codeorigin.__version__, REINSTALL
    yield (
        "python",
        lambda: f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        REINSTALL,
    )
    yield "PYTHONPATH", _search_path, "then run doctor again"
    yield "packages", _versions, REINSTALL
    yield "languages", _languages, REINSTALL
    yield "language model", lambda: LanguageModel.load().model_id, REINSTALL
    yield "settings", _settings, "correct that file"
    loaded: list[Analyzer] = []

    def load() -> str:
        loaded.append(Analyzer.load(options.model, threads=cores()))
        return f"{loaded[0].model_id} in {display_path(loaded[0].bundle.directory)}"

    other = "or pass another model with --model"
    yield "model", load, other  # its errors say what else to do
    remedy = f"{REINSTALL}, {other}"
    for analyzer in loaded:
        recorded = RECORDED_LOGIT if options.model is None else None
        yield "self test", lambda: self_test(analyzer, recorded), remedy  # noqa: B023 - there is one at most
        yield "speed", lambda: _speed(analyzer), remedy  # noqa: B023


def run_doctor(options: DoctorOptions) -> int:
    """Print the outcome of every check as it arrives; what to do about the first that failed goes to stderr."""
    console = make_console(sys.stdout)
    wrong = []
    for subject, check, remedy in _checks(options):
        try:
            shown, detail = Text("ok    ", "green"), check()
        except Exception as error:
            if options.debug and not isinstance(error, CodeOriginError):
                raise
            shown = Text("WRONG ", "bold red")
            detail = str(error) if isinstance(error, CodeOriginError) else describe_unexpected(error)
            wrong.append(f"{subject}: {detail}; {remedy}")
        shown.append(f"{subject:<15} ")
        shown.append(f"\n{' ' * _INDENT}".join(_DETAIL.wrap(printable(detail))), "")
        console.print(shown)
    if not wrong:
        return ExitCode.OK
    sys.stdout.flush()
    to_stderr(wrong[0])
    return ExitCode.ERROR
