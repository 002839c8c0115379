"""Save and load the state of an interrupted training run."""

from pathlib import Path
from typing import Any

import torch

from codeorigin_training.files import written_whole


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write ``state``, a dict of tensors and plain values that has a ``"key"`` for :func:`read_state`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as partial:
        torch.save(state, partial)


def read_state(path: Path, key: str) -> dict[str, Any] | None:
    """The state at ``path`` if its ``"key"`` is ``key``; None if it is another, broken or missing."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    # torch.load can raise anything on a broken file; training then starts over.
    except Exception:
        return None
    return state if state.get("key") == key else None


def random_state() -> dict[str, Any]:
    """The state of PyTorch's random number generators on every device."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"random": torch.get_rng_state(), "cuda_random": cuda}


def set_random_state(state: dict[str, Any]) -> None:
    """Restore :func:`random_state`."""
    torch.set_rng_state(state["random"])
    if state["cuda_random"]:
        torch.cuda.set_rng_state_all(state["cuda_random"])
