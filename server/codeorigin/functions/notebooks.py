"""The code cells of Jupyter notebooks, each a separate document, as in editors."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from codeorigin.core.errors import LanguageError, SourceError
from codeorigin.functions.spans import Cell
from codeorigin.languages import Language, get_language

_LONGEST_NAME = 100
_VERSION = re.compile(r"(?<![\d.])[\d.]++$")
_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]++|\\.)*+")(?P<colon>\s*:)?|(?P<bracket>[{}\[\]])')

_OTHER_LANGUAGE = re.compile(r"\s*%%(\w+)")
_CELL_MAGICS = {
    "javascript": "javascript",
    "js": "javascript",
    "ruby": "ruby",
    "python": "python",
    "python3": "python",
    "typescript": "typescript",
}
_FOREIGN_MAGICS = frozenset(
    {"bash", "sh", "cmd", "script", "html", "svg", "latex", "markdown", "perl", "pypy", "python2", "cython"}
    | {"sql", "bigquery", "R", "julia", "writefile", "file"}
)
_MAGIC = re.compile(r"([ \t]*)(?:%%?(?=[A-Za-z_])|!(?!=)|\?{1,2}(?=\w))")
_ASSIGNED = re.compile(r"([ \t]*[\w.,][\w., \t]*)=(?=[ \t]*(?:![^=]|%[A-Za-z_]))")
_ASKED = re.compile(r"([ \t]*[\w.]+)\?{1,2}[ \t\r]*$")


def read_notebook(text: str, name: str) -> list[Cell]:
    """The code cells in a supported language of a notebook in Jupyter's format 4, in order.

    Raises SourceError, with the file's ``name``, if it is not a notebook, is broken, or is in an older format.
    """
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"is a broken notebook: no JSON at line {error.lineno}, column {error.colno}", name
        ) from error
    except (ValueError, RecursionError) as error:
        raise SourceError("is a broken notebook: its JSON cannot be read", name) from error
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise SourceError("is a notebook of an old format; open and save it in Jupyter", name)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise SourceError("is not a notebook: it has no list of cells", name)
    default = _default_language(notebook)
    places = list(_source_lines(text))
    found = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        strings = _strings(cell.get("source"))
        source = "".join(strings).replace("\r\n", "\n").replace("\r", "\n")
        lines = places[number - 1] if number <= len(places) else []
        language = cell_language(source, _language(_of(cell, "metadata", "vscode", "languageId") or default))
        if language is not None:
            found.append(Cell(language.id, source, _lines_of(strings, source, lines), number))
    return found


def cell_language(text: str, language: Language | None) -> Language | None:
    """The language of a cell's text. A cell magic (``%%bash``) overrides ``language``, that of the cell."""
    magic = _OTHER_LANGUAGE.match(text)
    if language is None or language.id != "python" or magic is None:
        return language
    if magic[1] in _FOREIGN_MAGICS:
        return None
    return get_language(_CELL_MAGICS.get(magic[1], language.id))


def without_magics(text: str, language: Language) -> str:
    """A cell's text for the parser, with IPython's own syntax neutralized and the length unchanged.

    ``%magic`` and ``!command`` become comments, and ``name?`` loses its question mark.
    """
    if (magic := _OTHER_LANGUAGE.match(text)) is not None:
        start = magic.start(1) - 2
        text = text[:start] + language.line_comment.ljust(2)[:2] + text[start + 2 :]
    if language.id != "python" or not any(map(text.__contains__, "%!?")):
        return text

    lines = text.split("\n")
    depth = 0
    for number, line in enumerate(lines):
        magic = _MAGIC.match(line)
        # Inside brackets, a line may begin with the % operator.
        if magic is not None and not (magic[1] and depth):
            lines[number] = f"{magic[1]}#{line[magic.end(1) + 1 :]}"
        elif (assigned := _ASSIGNED.match(line)) is not None:
            lines[number] = f"{assigned[1]}#{line[assigned.end() :]}"
        elif (asked := _ASKED.match(line)) is not None:
            lines[number] = asked[1].ljust(len(line))
        else:
            depth = max(0, depth + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))
    return "\n".join(lines)


def _default_language(notebook: Mapping[str, Any]) -> str:
    return (
        _of(notebook, "metadata", "kernelspec", "language")
        or _of(notebook, "metadata", "language_info", "name")
        or "python"
    )


def _of(entry: object, *keys: str) -> str | None:
    for key in keys:
        entry = entry.get(key) if isinstance(entry, dict) else None
    # Each cell looks for the language of a name, so a long one would be read as often as there are cells.
    return entry[:_LONGEST_NAME] if isinstance(entry, str) and entry else None


def _language(name: str) -> Language | None:
    """The language with a kernel's name for it, which may include a version (``C++17``)."""
    try:
        return get_language(_VERSION.sub("", name) or name)
    except LanguageError:
        return None


def _strings(source: object) -> list[str]:
    if isinstance(source, str):
        return [source]
    return [string for string in source if isinstance(string, str)] if isinstance(source, list) else []


def _lines_of(strings: Sequence[str], source: str, lines: Sequence[int]) -> tuple[int, ...]:
    """The file's line for each line of ``source``, given that its ``strings`` begin on ``lines``."""
    if len(lines) != len(strings) or not strings:
        return (lines[0] if lines else 1,) * (source.count("\n") + 1)
    starts = [0, *accumulate(len(string.replace("\r\n", "\n")) for string in strings)][: len(strings)]
    line_starts = [0, *(place + 1 for place, character in enumerate(source) if character == "\n")]
    # Text that ends with a line ending has an empty last line, which is not in the file; it gets the last string's line.
    return tuple(lines[bisect_right(starts, start) - 1] for start in line_starts)


def _source_lines(text: str) -> Iterator[list[int]]:
    """Yield, for every cell, the lines on which the strings of its ``source`` begin. ``text`` must be valid JSON."""
    line = 1
    position, depth = 0, 0
    in_cells = in_source = False
    current: list[int] = []
    for token in _TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        bracket = token["bracket"]
        if bracket is not None:
            if bracket in "{[":
                depth += 1
                if in_cells and depth == 3:
                    current, in_source = [], False
            else:
                if in_cells and depth == 3:
                    yield current
                depth -= 1
                in_cells = in_cells and depth >= 2
        elif token["colon"] is not None:
            if depth == 1:
                in_cells = token["string"] == '"cells"'
            elif in_cells and depth == 3:
                in_source = token["string"] == '"source"'
        elif in_cells and in_source and depth in (3, 4):
            current.append(line)
