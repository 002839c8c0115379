"""What a threshold promises, and for which code: one sentence, the same everywhere."""

from codeorigin.model.calibration.promise import Group, Promise
from codeorigin.wording.figures import percent

_GROUPS = {Group.DOCUMENTED: ", commented", Group.BARE: ", uncommented"}

# Languages whose name is not simply the capitalized model language.
_LANGUAGES = {
    "cpp": "C++",
    "csharp": "C#",
    "javascript": "JavaScript",
    "php": "PHP",
    "typescript": "TypeScript",
}


def promised(promise: Promise, *, what: str = "functions") -> str:
    """The promise, without a final period; ``what`` is "functions", "files" or "commits".

    ``at most 1.5 % of the human-written, commented Rust functions of a new repository are expected to score as high
    (calibrated on 393 repositories)``.
    """
    about = f"human-written{_GROUPS[promise.group] if promise.group is not None else ''} "
    if promise.language is not None:
        about += f"{_LANGUAGES.get(promise.language, promise.language.capitalize())} "
    share = f"at most {percent(promise.rate)} of the {about}{what} of a new repository"
    text = f"{share} are expected to score as high"
    return f"{text} (calibrated on {promise.repositories:,} repositories)" if promise.repositories else text
