"""The rules of Agent Trace 0.1 for a record, by section 6.1 of its specification (agent-trace.dev)."""

from typing import Any

_TEXT = {"type": "string"}
_LINE = {"type": "integer", "minimum": 1}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_CONTRIBUTOR = _object(
    "type", type={"enum": ["human", "ai", "mixed", "unknown"]}, model_id={"type": "string", "maxLength": 250}
)
_RANGE = _object(
    "start_line end_line", start_line=_LINE, end_line=_LINE, content_hash=_TEXT, contributor=_CONTRIBUTOR
)
_URL = {"type": "string", "format": "uri"}
_CONVERSATION = _object(
    "ranges",
    url=_URL,
    contributor=_CONTRIBUTOR,
    ranges=_list(_RANGE),
    related=_list(_object("type url", type=_TEXT, url=_URL)),
)
TRACE_RECORD = _object(
    "version id timestamp files",
    version={"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
    id={
        "type": "string",
        "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    },
    timestamp={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    vcs=_object("type revision", type={"enum": ["git", "jj", "hg", "svn"]}, revision=_TEXT),
    tool=_object("", name=_TEXT, version=_TEXT),
    files=_list(_object("path conversations", path=_TEXT, conversations=_list(_CONVERSATION))),
    metadata={"type": "object"},
)
