"""The second reading: a text with errors is parsed again with what its grammar does not know blanked out.

Macros, preprocessor branches and syntax newer than the grammar are replaced by as many spaces, so every offset stays.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

_LARGEST = 1_000_000
"""Bytes. Larger texts with errors are generated as a rule."""
_DEEPEST = 50
"""Conditions inside conditions; each is read once for each around it."""


@dataclass(slots=True)
class BlankedText:
    """A text to parse: ``data`` has as many bytes as the original, ``masked``, which lacks comments and strings.

    ``leading`` are blanked ranges that belong to the function after them, and ``names`` the ranges, by their start, of
    calls of test macros that were replaced by the header of a function.
    """

    data: bytearray
    masked: bytearray
    leading: list[tuple[int, int]] = field(default_factory=list)
    names: dict[int, tuple[int, int]] = field(default_factory=dict)

    def blank(self, start: int, end: int) -> None:
        """Replace everything but line endings."""
        self.put(start, end, b"")

    def put(self, start: int, end: int, text: bytes) -> None:
        """Replace a range by ``text`` and spaces; line endings behind the text stay."""
        rest = bytes(
            character if character in b"\r\n" else 32 for character in self.data[start + len(text) : end]
        )
        self.data[start:end] = text + rest
        self.masked[start:end] = text + rest


_COMMENT_OR_STRING = re.compile(
    rb"//[^\n]*+|/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*+\"|'(?:\\.|[^'\\\n])*+'", re.DOTALL
)
_NOT_LINE_END = re.compile(rb"[^\r\n]")


def _masked(data: bytes) -> bytes:
    return _COMMENT_OR_STRING.sub(lambda found: _NOT_LINE_END.sub(b" ", found[0]), data)


# -- preprocessor branches ------------------------------------------------------------------------------------

_DIRECTIVE = re.compile(
    rb"^[ \t]*+#[ \t]*+(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b((?:[^\n\\]|\\.)*+)\n?",
    re.MULTILINE | re.DOTALL,
)
_ANY_DIRECTIVE = re.compile(rb"^[ \t]*#(?:[^\n\\]|\\.)*+", re.MULTILINE | re.DOTALL)
_CONTINUES = re.compile(rb"\s*(?:else\b|&&|\|\||[:=+.?<>{]|\)|\})")


def _one_branch(reading: BlankedText, *, last: bool) -> None:
    """Blank all branches but one where a branch is no whole piece of code, inner conditions first."""
    stack: list[list[tuple[int, int, bytes, bytes]]] = []
    for found in list(_DIRECTIVE.finditer(reading.masked)):
        word = found[1]
        if word.startswith(b"if"):
            stack.append([])
        elif not stack:
            continue
        stack[-1].append((found.start(), found.end(), word, found[2].strip()))
        if word == b"endif" and len(stack) > _DEEPEST:
            stack.pop()
        elif word == b"endif":
            _choose(reading, stack.pop(), last=last)


def _choose(reading: BlankedText, marks: list[tuple[int, int, bytes, bytes]], *, last: bool) -> None:
    branches = [(mark[1], after[0]) for mark, after in pairwise(marks)]
    if all(_is_whole(reading.masked[slice(*branch)]) for branch in branches):
        return
    has_else = marks[-2][2] == b"else"
    is_dead = marks[0][2:] in {(b"if", b"0"), (b"if", b"false")}
    first, behind = int(is_dead), len(branches) - int(has_else)
    chosen = behind if last else first
    for number, (start, end) in enumerate(branches):
        if number != chosen:
            reading.blank(start, end)
    for start, end, _, _ in marks:
        reading.blank(start, end)


def _is_whole(branch: bytearray) -> bool:
    code = _ANY_DIRECTIVE.sub(b"", branch).strip()
    if not code:
        return True
    balanced = code.count(b"{") == code.count(b"}") and code.count(b"(") == code.count(b")")
    return balanced and code.endswith((b";", b"}", b",", b":")) and not _CONTINUES.match(code)


# -- macros of C and C++ --------------------------------------------------------------------------------------

_ARGUMENTS = rb"\((?:[^(){};]++|\((?:[^(){};]++|\([^(){};]*+\))*+\))*+\)"
_MACRO = rb"[A-Z][A-Z0-9_]{2,}+(?![\w:])(?:[ \t]*+" + _ARGUMENTS + rb")?+"
_TEST = re.compile(
    rb"^[ \t]*+((?:[A-Z0-9]++_)*(?:TEST|SCENARIO|BENCHMARK)(?:_[A-Z0-9]++)*\s*+"
    + _ARGUMENTS
    + rb")(\s*+\([^(){};]*+\))?+(?=\s*+\{)",
    re.MULTILINE,
)
_BLOCK = re.compile(rb"^[ \t]++(" + _MACRO + rb")(?=\s*+\{)", re.MULTILINE)
_IN_CLASS = re.compile(
    rb"\b(?:class|struct|union)((?:\s++" + _MACRO + rb")+)"
    rb"(?=\s++[A-Za-z_][\w:]*+(?:\s++final\b)?\s*+(?:<[^;{}()\n]*>\s*+)?[:{])"
)
_ALONE = re.compile(rb"^[ \t]*+((?:" + _MACRO + rb"[ \t]*+)++)(?=;?[ \t]*$)", re.MULTILINE)
_QUALIFIERS = (
    rb"(?:(?:static|inline|virtual|extern|constexpr|friend|explicit|const|unsigned|signed)[ \t]++)*+"
)
_LEADING = re.compile(
    rb"^[ \t]*+"
    + _QUALIFIERS
    + rb"((?:"
    + _MACRO
    + rb"[ \t]++)+)(?="
    + _QUALIFIERS
    + rb"[\w:]++(?:<[^;{}()\n]*>)?+[\s*&]++[\w:~]++(?:<[^;{}()\n]*>)?+\s*+\()",
    re.MULTILINE,
)

_TRAILING = re.compile(
    rb"\)(?:\s*+(?:const|volatile|noexcept|override|final|&&?)(?!\w))*+\s*+((?:"
    + _MACRO
    + rb"\s*+)++)(?=(?:\s*+(?:const|noexcept|override|final|&&?)(?!\w))*+\s*+(?:[{;:]|=|->))"
)
_IN_PARAMETER = re.compile(
    rb"[\w>*&][ \t]*+[\s*&](?!(?:struct|enum|union|class|const|volatile|unsigned|return|case)\b)"
    rb"[a-z_]\w*+\s++(" + _MACRO + rb")(?=\s*+[,)=])"
)


def _without_macros(reading: BlankedText) -> None:
    for found in list(_TEST.finditer(reading.masked)):
        start, end = found.span(1)
        lines = reading.masked[start:end].split(b"\n")
        if len(lines[0]) >= len(b"void x()"):
            header = b"void " + b"x" * (len(lines[0].rstrip(b"\r")) - 7) + b"()"
            reading.names[start] = (start, end)
            reading.put(start, found.end(), header)
    for pattern in (_BLOCK, _IN_CLASS, _TRAILING, _IN_PARAMETER):
        for found in list(pattern.finditer(reading.masked)):
            reading.blank(*found.span(1))
    for found in list(_ALONE.finditer(reading.masked)):
        before = reading.masked[max(0, found.start() - 2_000) : found.start()].rstrip()
        last_line = before[before.rfind(b"\n") + 1 :].lstrip()
        behind = reading.masked[found.end() : found.end() + 200].lstrip()
        if (before[-1:] in b";{}:)" or last_line.startswith(b"#")) and not behind.startswith(b"{"):
            reading.blank(*found.span(1))
    for found in list(_LEADING.finditer(reading.masked)):
        reading.leading.append(found.span(1))
        reading.blank(*found.span(1))


_MODULE = re.compile(rb"^[ \t]*+(?:export\s++)?(?:module|import)\b[^;{}\n]*+;", re.MULTILINE)
_EXPORT = re.compile(rb"(?:^|(?<=[\s;{}]))export(?=\s++[\w\[])", re.MULTILINE)
_EXPORTED = re.compile(rb"(?:^|(?<=[\s;{}]))export\s*+\{", re.MULTILINE)


def _without_export(reading: BlankedText) -> None:
    for found in list(_MODULE.finditer(reading.masked)):
        reading.blank(*found.span())
    for found in list(_EXPORT.finditer(reading.masked)):
        reading.leading.append(found.span())
        reading.blank(*found.span())
    _unwrap(reading, _EXPORTED)


def _unwrap(reading: BlankedText, pattern: re.Pattern[bytes]) -> None:
    """Blank each match, which ends with a brace, and the brace that closes it."""
    openings = {found.end() - 1: found.start() for found in pattern.finditer(reading.masked)}
    if not openings:
        return
    stack: list[int] = []
    for brace in list(re.finditer(rb"[{}]", reading.masked)):
        if brace[0] == b"{":
            stack.append(brace.start())
        elif stack and (opened := stack.pop()) in openings:
            reading.blank(openings[opened], opened + 1)
            reading.blank(*brace.span())


# -- C# ---------------------------------------------------------------------------------------------------------

_EXTENSION = re.compile(
    rb"^[ \t]*+extension\s*+(?:<[^<>(){};]*+>\s*+)?\((?:[^(){};]++|\([^(){};]*+\))*+\)[^(){};]*+\{",
    re.MULTILINE,
)
_LIST = re.compile(rb"\b(?:is|case|or|and|not)\s*+(\[(?:[^\[\]{};]++|\[[^\[\]{};]*+\])*+\])")
_REF_PARTIAL = re.compile(rb"\bref\s++(partial)\s++struct\b")
_CONDITIONAL = re.compile(
    rb"(\?)(?:\.\w++|\[[^\[\]{};]*+\])(?:\.\w++|\[[^\[\]{};]*+\])*+\s*+(?:[-+*/%&|^]|\?\?|<<|>>>?)?=(?![=>])"
)
"""An assignment that a null leaves out, ``a?.b = c``."""
_COMPOUND = re.compile(rb"\boperator\s*+(?:checked\s++)?(?:[-+*/%&|^]|<<|>>>?)(=)(?=\s*+\()")


def _known_csharp(reading: BlankedText) -> None:
    for found in list(_LIST.finditer(reading.masked)):
        start, end = found.span(1)
        reading.put(start, end, b"{" + b" " * (end - start - 2) + b"}")
    for pattern in (_REF_PARTIAL, _COMPOUND, _CONDITIONAL):
        for found in list(pattern.finditer(reading.masked)):
            reading.blank(*found.span(1))


# -- Ruby -------------------------------------------------------------------------------------------------------

_HEREDOC = re.compile(rb"<<[~-](['\"`]?)([A-Z_a-z]\w*+)\1")


def _without_inner_heredocs(reading: BlankedText) -> None:
    """Blank each heredoc that begins in the body of another one."""
    place = 0
    outer: list[bytes] = []
    inner: tuple[bytes, int] | None = None
    data = bytes(reading.data)
    for line in data.splitlines(keepends=True):
        start, place = place, place + len(line)
        word = line.strip()
        if inner is not None:
            reading.blank(start, place)
            inner = None if word == inner[0] else inner
        elif outer and word == outer[0]:
            del outer[0]
        elif outer:
            for found in _HEREDOC.finditer(line):
                inner = (found[2], start)
                reading.put(start + found.start(), start + found.end(), b"0")
        else:
            outer += [found[2] for found in _HEREDOC.finditer(line)]


# -- which of them for which language ---------------------------------------------------------------------------

_STEPS: Mapping[str, tuple[Callable[[BlankedText], None], ...]] = MappingProxyType(
    {
        "c": (_without_macros,),
        "cpp": (_without_export, _without_macros),
        "csharp": (_known_csharp,),
        "ruby": (_without_inner_heredocs,),
    }
)
"""What is blanked, after all branches but the first or the last one where a language has any."""


def first_reading(data: bytes, language: str) -> bytes:
    """``data`` without what its grammar takes for something else and reads without an error: C#'s extension blocks."""
    if language != "csharp" or b"extension" not in data:
        return data
    reading = BlankedText(bytearray(data), bytearray(_masked(data)))
    _unwrap(reading, _EXTENSION)
    return bytes(reading.data)


def hides_a_class(data: bytes, language: str) -> bool:
    """Whether a macro before the name of a class may have been read, without an error, as the class."""
    return language == "cpp" and _IN_CLASS.search(data) is not None


def second_readings(data: bytes, language: str) -> Iterator[BlankedText]:
    """What else to parse in place of ``data``, in which the parser found errors."""
    steps = _STEPS.get(language)
    if steps is None or len(data) > _LARGEST:
        return
    has_branches = language != "ruby"
    masked = _masked(data) if has_branches else data
    tried = {data}
    for last in (False, True) if has_branches else (False,):
        reading = BlankedText(bytearray(data), bytearray(masked))
        if has_branches:
            _one_branch(reading, last=last)
        for step in steps:
            step(reading)
        text = bytes(reading.data)
        if text not in tried:
            tried.add(text)
            yield reading
