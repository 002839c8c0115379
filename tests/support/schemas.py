"""The JSON schemas of what the commands write."""

import json
from importlib import resources
from typing import Any


def load_schema(name: str) -> dict[str, Any]:
    """The schema ``name`` in the package, such as ``check/formats/report``."""
    text = resources.files("codeorigin").joinpath(f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
