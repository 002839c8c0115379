"""Arguments that the option parser cannot handle by itself."""

from collections.abc import Sequence

_CHANGED = "--changed"


def with_optional_base(arguments: Sequence[str]) -> list[str]:
    """Add an empty base to ``check --changed`` if it is the last argument, or if an option or ``--`` follows."""
    given = list(arguments)
    if given[:1] != ["check"]:
        return given
    end = given.index("--") if "--" in given else len(given)
    for place in range(1, end):
        is_last = place + 1 == len(given)
        if given[place] == _CHANGED and (is_last or given[place + 1].startswith("-")):
            given[place] = f"{_CHANGED}="
    return given
