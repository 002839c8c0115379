"""CodeOrigin: how likely each function was written by an LLM, and which lines suggest it."""

import os

# Packages of onnxruntime report to their maker from 1.29 on, and read this once, when they are imported. Every process
# of ours imports this package before, and those that it starts inherit it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# As in `typing`, which is not imported: with ``python -m``, the current folder may have a module of that name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from codeorigin.analysis.judged import FileReport

__version__ = "0.1.0"

__all__ = ["__version__", "analyze"]


def analyze(
    text: str,
    language: str,
    *,
    path: "str | PathLike[str] | None" = None,
    file_context: bool = True,
    model: "str | PathLike[str] | None" = None,
    threads: int = 1,
) -> "FileReport":
    """Report on every function of a source text.

    The first call loads the model, which is then kept. Calls from several threads take turns.

    Args:
        text: the whole file; lines end with ``\\n``, ``\\r\\n`` or ``\\r``.
        language: an id such as ``python`` or ``typescript``, or a name that editors use.
        path: the file's path, for messages and to know a header (``.h``); nothing is read from it.
        file_context: let the other functions of the file count in each function's verdict.
        model: a model folder; None means the one that ships with CodeOrigin.
        threads: processor threads for the model; only the call that loads it uses this.

    Raises:
        codeorigin.core.errors.LanguageError: the language is not supported.
        codeorigin.core.errors.ModelError: the model is missing or broken.
    """
    # Importing the package just for its version must not load the inference runtime.
    from codeorigin.analysis.analyzer import analyze_text  # noqa: PLC0415

    return analyze_text(text, language, path=path, file_context=file_context, model=model, threads=threads)
