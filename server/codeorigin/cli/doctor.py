"""``codeorigin doctor``: checks the installation and the model, runs a self test and measures speed."""

import importlib.metadata
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

import codeorigin
from codeorigin.cli.console import make_console
from codeorigin.cli.exit_codes import ExitCode, describe_unexpected
from codeorigin.cli.options import DoctorOptions, cores
from codeorigin.cli.terminal import complain, display_path, printable
from codeorigin.errors import CodeOriginError
from codeorigin.wording.figures import percent

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.language_id.model import LanguageModel
    from codeorigin.model.bundle import Bundle

REINSTALL = "reinstall codeorigin"
_DISTRIBUTIONS = ("onnxruntime", "numpy", "tree-sitter", "pygls", "lsprotocol", "markdown-it-py")
_SPEED_FUNCTIONS = 32

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
_SNIPPET_NAME = "moving_average"
_PROSE = "The meeting about the release was moved to Monday, because most of the team is away this week.\n"


class _FailedCheckError(CodeOriginError):
    """A self test gave a wrong result."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. ``remedy`` says what to do if it failed, and is None if it passed."""

    subject: str
    detail: str
    remedy: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the check passed."""
        return self.remedy is None


def _attempt(subject: str, work: Callable[[], str], remedy: str, *, debug: bool) -> Finding:
    """Run one check. An error becomes a finding, so that later checks still run."""
    try:
        return Finding(subject, work())
    except CodeOriginError as error:
        return Finding(subject, str(error), remedy)
    except Exception as error:
        if debug:
            raise
        return Finding(subject, describe_unexpected(error), remedy)


def _version_of(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        raise _FailedCheckError("not installed") from None


def _check_grammars() -> str:
    from codeorigin.functions.finding import find_functions  # noqa: PLC0415
    from codeorigin.languages import LANGUAGES  # noqa: PLC0415

    for language in LANGUAGES.values():
        find_functions("", language)
    return ", ".join(language.name for language in LANGUAGES.values())


def check_language_model(model: "LanguageModel") -> str:
    """Guess the language of a built-in function, and of prose, which has none; raises if either is wrong."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415

    started = time.perf_counter()
    code, prose = guess_language(SNIPPET, model), guess_language(_PROSE, model)
    seconds = (time.perf_counter() - started) / 2
    if code.language != "python":
        raise _FailedCheckError(f"took a built-in Python function for {code.language or 'no language'}")
    if prose.language is not None:
        raise _FailedCheckError(f"took prose for {prose.language}")
    return f"{model.model_id}, SHA-256 as in the manifest, {1000 * seconds:,.1f} ms a text"


def _load_language_model() -> str:
    from codeorigin.language_id.model import LanguageModel  # noqa: PLC0415

    return check_language_model(LanguageModel.load())


def _list_files(bundle: "Bundle") -> Iterator[Finding]:
    """Yield the bundle's files, which were compared with the manifest when the bundle was loaded."""
    for name, sha256 in sorted(bundle.manifest["files"].items()):
        size = (bundle.directory / name).stat().st_size
        yield Finding(name, f"{size / 1e6:,.1f} MB, SHA-256 {sha256[:12]}… as in the manifest")


def self_test(analyzer: "Analyzer") -> str:
    """Score a built-in function and check that its line attributions add up; raises if they do not.

    The lines must sum to ``logit - baseline_logit`` within the tolerance of the explanation.
    """
    from codeorigin.explain.explanation import ExplainOptions  # noqa: PLC0415

    report = analyzer.analyze(SNIPPET, "python")
    functions = analyzer.refine(SNIPPET, report, [each.function_id for each in report.functions]).functions
    if [function.span.name for function in functions] != [_SNIPPET_NAME]:
        raise _FailedCheckError(f"found {len(functions)} functions in a text with one")
    verdict = functions[0].verdict
    if verdict.probability is None or verdict.band is None:
        raise _FailedCheckError("the built-in function got no verdict")
    options = ExplainOptions()
    explanation = analyzer.explain(SNIPPET, functions[0].span, options)
    evidence = explanation.logit - explanation.baseline_logit
    total = sum(line.value for line in explanation.lines)
    gap = abs(total - evidence) / max(abs(evidence), 1.0)
    figures = (
        f"probability {verdict.probability:.2f} ({verdict.band.value}), "
        f"lines {total:+.3f}, logit - baseline {evidence:+.3f}, gap {percent(gap)}"
    )
    if not gap <= options.tolerance:
        raise _FailedCheckError(f"the lines do not add up: {figures}")
    return figures


def measure_speed(analyzer: "Analyzer") -> str:
    """Measure functions scored per second and the time of one explanation, on text that is not in any cache."""
    texts = [
        SNIPPET.replace(_SNIPPET_NAME, f"{_SNIPPET_NAME}_{number}") for number in range(_SPEED_FUNCTIONS + 1)
    ]
    started = time.perf_counter()
    analyzer.analyze("\n\n".join(texts[1:]), "python")
    scoring = time.perf_counter() - started
    started = time.perf_counter()
    analyzer.explain(texts[0], analyzer.analyze(texts[0], "python").functions[0].span)
    explaining = time.perf_counter() - started
    by = " by the wide part" if analyzer.refines else ""
    return f"{_SPEED_FUNCTIONS / scoring:,.0f} functions/s{by}, {1000 * explaining:,.0f} ms to explain one"


def _findings(model: Path | None, threads: int, *, debug: bool) -> Iterator[Finding]:
    from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415
    from codeorigin.model.bundle import Bundle  # noqa: PLC0415

    yield Finding("codeorigin", codeorigin.__version__)
    yield Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for distribution in _DISTRIBUTIONS:
        yield _attempt(distribution, lambda name=distribution: _version_of(name), REINSTALL, debug=debug)  # type: ignore[misc]
    yield _attempt("languages", _check_grammars, REINSTALL, debug=debug)
    yield _attempt("language model", _load_language_model, REINSTALL, debug=debug)
    remedy = f"{REINSTALL}, or pass another model with --model"
    loaded: list[Bundle] = []

    def load_bundle() -> str:
        loaded.append(Bundle.load(model))
        return f"{loaded[0].model_id} in {display_path(loaded[0].directory)}"

    found = _attempt("model", load_bundle, remedy, debug=debug)
    yield found
    if not found.ok:
        return
    yield from _list_files(loaded[0])
    if loaded[0].deep is not None:
        yield _attempt(
            "tokenizers", lambda: _version_of("tokenizers"), "pip install 'codeorigin[deep]'", debug=debug
        )
    analyzers: list[Analyzer] = []

    def test() -> str:
        analyzers.append(Analyzer.load(model, threads=threads))
        return self_test(analyzers[0])

    tested = _attempt("self test", test, remedy, debug=debug)
    yield tested
    if tested.ok:
        yield _attempt(f"speed ({threads} threads)", lambda: measure_speed(analyzers[0]), remedy, debug=debug)


def run_doctor(options: DoctorOptions) -> int:
    """Print every finding as it arrives, and write the remedy for the first failed one to stderr."""
    console = make_console(sys.stdout)
    bad = []
    for finding in _findings(options.model, options.threads or cores(), debug=options.debug):
        text = Text("ok    " if finding.ok else "WRONG ", "green" if finding.ok else "bold red")
        text.append(f"{finding.subject:<20} ")
        text.append(printable(finding.detail), "")
        console.print(text)
        if not finding.ok:
            bad.append(finding)
    if not bad:
        return ExitCode.OK
    sys.stdout.flush()
    complain(f"{bad[0].subject}: {bad[0].detail}; {bad[0].remedy}")
    return ExitCode.ERROR
