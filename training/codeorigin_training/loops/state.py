"""An interrupted training on disk."""

from pathlib import Path
from typing import Any

import torch

from codeorigin_training.files import written_whole


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write ``state``, tensors and plain values under the names that :func:`read_state` asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as partial:
        torch.save(state, partial)


def read_state(path: Path, key: str) -> dict[str, Any] | None:
    """The state at ``path`` if it was written with ``key`` under ``"key"``; None for another, broken or missing one."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    # torch.load raises whatever the bytes lead it to; a broken state is one to train anew.
    except Exception:
        return None
    return state if state.get("key") == key else None


def random_state() -> dict[str, Any]:
    """Where PyTorch's random numbers stand, on every device."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"random": torch.get_rng_state(), "cuda_random": cuda}


def set_random_state(state: dict[str, Any]) -> None:
    """Go on from :func:`random_state`."""
    torch.set_rng_state(state["random"])
    if state["cuda_random"]:
        torch.cuda.set_rng_state_all(state["cuda_random"])
