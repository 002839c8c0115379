"""Generates the JSON schema of the settings and the table in the manual from the settings dataclass."""

import json
from pathlib import Path
from typing import Any

from codeorigin.settings.schema import FIELDS

SCHEMA_PATH = Path(__file__).with_name("settings.schema.json")


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the settings as editors send them."""
    properties: dict[str, Any] = {}
    for name, found in FIELDS.items():
        default = found.default
        properties[name] = {
            **found.metadata["value_type"].schema(),
            "default": list(default) if isinstance(default, tuple) else default,
            "description": found.metadata["description"],
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "CodeOrigin settings",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The content of ``settings.schema.json``."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schema() -> None:
    """Rewrite ``settings.schema.json`` after a change to :class:`~codeorigin.settings.schema.Settings`."""
    SCHEMA_PATH.write_text(schema_text(), encoding="utf-8")


def markdown_table() -> str:
    """The table of all settings in docs/settings.md."""
    rows = ["| Setting | Value | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, schema in json_schema()["properties"].items():
        kind = schema["type"] if isinstance(schema["type"], str) else " or ".join(schema["type"])
        if "enum" in schema:
            kind = ", ".join(f"`{value}`" for value in schema["enum"])
        elif "minimum" in schema:
            kind += f", {schema['minimum']} to {schema['maximum']}"
        default = "all" if name == "languages" else f"`{json.dumps(schema['default'])}`"
        rows.append(f"| `{name}` | {kind} | {default} | {schema['description']} |")
    return "\n".join(rows) + "\n"
