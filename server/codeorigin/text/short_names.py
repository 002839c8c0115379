"""Short names for folders, each different from all others."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """The paths by their names: the fewest last parts of each, without ``.git``, that no other path ends with."""
    endings = {path: _endings(PurePath(path.removesuffix(".git")).parts) for path in paths}
    counts = Counter(ending for found in endings.values() for ending in found)
    return {
        next((name for name in found if counts[name] == 1), path): path for path, found in endings.items()
    }


def _endings(parts: Sequence[str]) -> list[str]:
    return ["/".join(parts[start:]) for start in range(len(parts) - 1, 0, -1)]
