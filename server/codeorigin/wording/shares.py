"""Sentences about the two shares behind a band: of human code that scores as high, of LLM code that scores as low."""

from typing import Protocol

from codeorigin.model.verdict import Band

# Languages whose name is not simply the capitalized model language.
_LANGUAGES = {
    "cpp": "C++",
    "csharp": "C#",
    "javascript": "JavaScript",
    "php": "PHP",
    "typescript": "TypeScript",
}


class Shared(Protocol):
    """A verdict on a function, file or commit."""

    @property
    def band(self) -> Band | None:
        """None without a verdict."""
        ...

    @property
    def human_share(self) -> float | None:
        """The share of human code that scores at least as high."""
        ...

    @property
    def llm_share(self) -> float | None:
        """The share of LLM code that scores at most as high."""
        ...

    @property
    def language(self) -> str | None:
        """The model language that the shares are about."""
        ...


def one_in(share: float) -> str:
    """``0.0068`` -> ``7 in 1,000``; ``0.31`` -> ``31 in 100``; open at both ends: ``fewer than 1 in 1,000``."""
    if share < 0.001:
        return "fewer than 1 in 1,000"
    if share < 0.0095:
        return f"{1000 * share:.0f} in 1,000"
    return "more than 99 in 100" if share >= 0.995 else f"{100 * share:.0f} in 100"


def human_phrase(verdict: Shared, what: str = "functions") -> str | None:
    """``7 in 1,000 human-written Go functions score this high``; None if that is not known."""
    if verdict.human_share is None:
        return None
    return f"{one_in(verdict.human_share)} human-written {_language(verdict)}{what} score this high"


def shares_sentence(verdict: Shared, what: str = "functions") -> str | None:
    """The share that decides the band, or both if neither does; None without a verdict.

    Args:
        verdict: on a function, file or commit.
        what: "functions", "files" or "commits".
    """
    human = human_phrase(verdict, what)
    if human is None or verdict.llm_share is None:
        return None
    llm = f"{one_in(verdict.llm_share)} LLM-written "
    if verdict.band is Band.LLM:
        said = human
    elif verdict.band is Band.HUMAN:
        said = f"{llm}{_language(verdict)}{what} score this low"
    else:
        said = f"{human}, and {llm}ones this low"
    return f"{said[:1].upper()}{said[1:]}."


def _language(verdict: Shared) -> str:
    if not verdict.language:
        return ""
    return f"{_LANGUAGES.get(verdict.language, verdict.language.capitalize())} "
