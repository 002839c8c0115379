"""Generates the JSON schemas of the settings and the table in the manual from the settings dataclass."""

import json
import re
from pathlib import Path
from typing import Any

from codeorigin.settings.schema import FIELDS

SCHEMA_PATH = Path(__file__).with_name("settings.schema.json")
TOML_SCHEMA_PATH = Path(__file__).with_name("codeorigin.schema.json")


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the settings as editors send them."""
    properties: dict[str, Any] = {}
    for name, found in FIELDS.items():
        default = found.default
        properties[name] = {
            **found.metadata["schema"],
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


def toml_schema() -> dict[str, Any]:
    """The JSON schema (draft-07, which TOML tools read) of ``codeorigin.toml`` and of ``[tool.codeorigin]``.

    It has only what a project may set, and accepts the other spellings of a name. TOML has no null.
    """
    whole = json_schema()
    properties: dict[str, Any] = {}
    for name, found in FIELDS.items():
        if not found.metadata["project"]:
            continue
        schema = dict(whole["properties"][name])
        if isinstance(schema["type"], list):
            schema["type"] = next(kind for kind in schema["type"] if kind != "null")
        if schema["default"] is None:
            del schema["default"]
        properties[name] = schema
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "codeorigin.toml",
        "description": "Settings of a project for CodeOrigin.",
        "type": "object",
        "properties": properties,
        "patternProperties": {
            f"^{re.sub('[A-Z]', lambda match: f'[_-]{match[0].lower()}', name)}$": {
                "$ref": f"#/properties/{name}"
            }
            for name in properties
            if not name.islower()
        },
        "additionalProperties": False,
    }


def schema_text(schema: dict[str, Any]) -> str:
    """The content of the file with ``schema``."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


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


def write(manual: Path) -> None:
    """Rewrite both schemas, and the table between its marks in ``manual``, docs/settings.md of a checkout."""
    SCHEMA_PATH.write_text(schema_text(json_schema()), encoding="utf-8")
    TOML_SCHEMA_PATH.write_text(schema_text(toml_schema()), encoding="utf-8")
    before, begin, rest = manual.read_text(encoding="utf-8").partition("<!-- begin table -->\n")
    _, end, after = rest.partition("<!-- end table -->")
    manual.write_text("".join([before, begin, markdown_table(), end, after]), encoding="utf-8")


if __name__ == "__main__":
    write(Path("docs/settings.md"))
