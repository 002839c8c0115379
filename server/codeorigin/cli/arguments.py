"""Arguments that the option parser cannot read by itself."""

from collections.abc import Sequence

_CHANGED = "--changed"


def with_optional_base(arguments: Sequence[str]) -> list[str]:
    """``check --changed`` without a base gets an empty one: where no word follows, another option or ``--``."""
    given = list(arguments)
    if given[:1] != ["check"]:
        return given
    end = given.index("--") if "--" in given else len(given)
    for place in range(1, end):
        is_last = place + 1 == len(given)
        if given[place] == _CHANGED and (is_last or given[place + 1].startswith("-")):
            given[place] = f"{_CHANGED}="
    return given
