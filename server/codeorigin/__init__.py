"""CodeOrigin: how likely each function was written by an LLM, and which lines say so."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from codeorigin.report import FileReport

__version__ = "0.1.0"

__all__ = ["__version__", "check"]


def check(
    text: str,
    language: str,
    *,
    path: "str | PathLike[str] | None" = None,
    file_context: bool = True,
    deep: bool = True,
    model: "str | PathLike[str] | None" = None,
    threads: int = 1,
) -> "FileReport":
    """Report on every function of a source text.

    The model is loaded by the first call and kept. Calls from several threads take turns.

    Args:
        text: the whole file; its lines end at ``\\n``, ``\\r\\n`` or ``\\r``.
        language: an id such as ``python`` or ``typescript``, or a name that editors use.
        path: where the text stands, to tell test files from others; nothing is read from there.
        file_context: let a function's verdict take in what the other functions say.
        deep: let a deep part that refines verdicts do so; without it, it is not even loaded.
        model: a model folder; None takes the one that comes with CodeOrigin.
        threads: processor threads for the model, of the call that loads it.

    Raises:
        codeorigin.errors.LanguageError: the language is not supported.
        codeorigin.errors.ModelError: the model is missing or broken. A deep part that refines verdicts is asked only
            where one is in doubt, so that one that is broken shows then.
    """
    # Whoever only asks for the version must not wait for the inference runtime.
    from codeorigin.api import check_text  # noqa: PLC0415

    return check_text(
        text, language, path=path, file_context=file_context, deep=deep, model=model, threads=threads
    )
