"""Records about a repository's commits, in the formats of the tools that leave them."""

import json
from collections.abc import Mapping
from typing import Any

from support.repositories import Repository

SESSION = "s_0123456789abcd"
PERSON = "h_0123456789abcd"
PROMPT = "0123456789abcdef"
CODEX = {
    "source": "git-ai", "by": "agent", "tool": "codex", "model": "gpt-5.5", "strength": "lines", "stale": False
}  # fmt: skip
CURSOR = {**CODEX, "tool": "cursor", "model": "composer-1"}
ANN = {**CODEX, "by": "person", "tool": None, "model": None}
UNTRACKED = {**ANN, "by": "untracked"}
CLAUDE = {**CODEX, "source": "trailer", "tool": "claude", "model": None, "strength": "commit"}
"""Records as reports say them, but for the lines that they are about."""


def git_ai_note(files: Mapping[str, Mapping[str, str]], **metadata: Any) -> str:
    """A note of git-ai: ranges of lines by path and key. Those keys of this module that are used have metadata."""
    session = {
        "agent_id": {"tool": "codex", "id": "1", "model": "gpt-5.5"},
        "human_author": "Ann <ann@example.org>",
    }
    prompt = {"agent_id": {"tool": "cursor", "id": "2", "model": "composer-1"}}
    used = {key.partition("::")[0] for keys in files.values() for key in keys}
    known = {
        "schema_version": "authorship/3.0.0",
        "prompts": {PROMPT: prompt} if PROMPT in used else {},
        "sessions": {SESSION: session} if SESSION in used else {},
        "humans": {PERSON: {"author": "Ann <ann@example.org>"}} if PERSON in used else {},
    }
    lines = [
        line
        for path, keys in files.items()
        for line in (path, *(f"  {key} {ranges}" for key, ranges in keys.items()))
    ]
    return "\n".join([*lines, "---", json.dumps(known | metadata, indent=2)])


def agent_trace(revision: str, path: str, *ranges: Mapping[str, Any], by: str = "ai") -> str:
    """A line of ``.agent-trace/traces.jsonl``."""
    contributor = {"type": by, "model_id": "anthropic/claude-opus-4-8"}
    conversation = {"url": "https://example.org/1", "contributor": contributor, "ranges": list(ranges)}
    return json.dumps(
        {
            "version": "0.1.0",
            "id": "550e8400-e29b-41d4-a716-446655440000",
            "timestamp": "2026-01-23T14:30:00Z",
            "vcs": {"type": "git", "revision": revision},
            "tool": {"name": "cursor"},
            "files": [{"path": path, "conversations": [conversation]}],
        }
    )


def add_note(repository: Repository, text: str, commit: str = "HEAD", ref: str = "ai") -> None:
    """Put a note on a commit."""
    blob = repository.git("hash-object", "-w", "--stdin", stdin=text.encode("utf-8", "surrogateescape"))
    repository.git("notes", f"--ref={ref}", "add", "-f", "-C", blob, commit)
