"""A corpus row that a test changes where it matters."""

from dataclasses import replace

from codeorigin_training.data.rows import Row

CODE = (
    "def f(values):\n    total = sum(value for value in values if value)\n\n    return total / len(values)\n"
)


def row(path: str = "a.py", **other: object) -> Row:
    """An LLM function of three counted lines, at ``path``; ``other`` sets fields of the row."""
    base = Row(CODE, "python", 1, "owner/repo", "agent", False, False, 4, path=path)
    return replace(base, **other)  # type: ignore[arg-type]
