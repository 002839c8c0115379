"""Matches regular expressions with growing hostile texts; the arguments are PLACES, or a pattern after ``--only``.

A program, because an expression that is catastrophic can only be stopped from outside. It prints each place that it
begins with, and those whose time grows faster than the text.
"""

import ast
import importlib
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import codeorigin

_LENGTHS = (28, 1_000, 8_000)
"""The first finds what takes twice as long with each character."""
_FLOOR = 0.008
"""Seconds of processor time that no text of these lengths takes if the time is in proportion to it."""
_MOST_RATIO = 9.0
"""Four times the text takes four times as long, or sixteen times if the time grows with the square."""
_MATCHING = frozenset({"match", "fullmatch"})
_METHODS = _MATCHING | {"search", "sub", "subn", "split", "finditer", "findall"}
_ROOT = Path(codeorigin.__file__).parent


class Expression(NamedTuple):
    """A pattern, where it is (file and the constant or argument that it is given to), and the methods called."""

    place: str
    pattern: "re.Pattern[Any]"
    methods: frozenset[str]


def expressions() -> Iterator[Expression]:
    """Every regular expression in the server's code."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(_ROOT.rglob("*.py"))}
    for path, tree in trees.items():
        if "re" not in {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }:
            continue
        names: dict[ast.AST, str] = {}
        called: dict[str, set[str]] = {"begins": {"match"}}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _METHODS:
                called.setdefault(ast.unparse(node.value), set()).add(node.attr)
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                names[node.value] = ast.unparse(target)
            elif isinstance(node, ast.keyword) and node.arg is not None:
                names[node.value] = node.arg
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in _FUNCTIONS or not node.args:
                continue
            name, method = names.get(node, ""), ast.unparse(node.func).removeprefix("re.")
            pattern = _evaluated(node, path)
            if pattern is not None:
                methods = called.get(name, {"search"}) if method == "compile" else {method}
                yield Expression(f"{path.relative_to(_ROOT)} {name}".strip(), pattern, frozenset(methods))


_FUNCTIONS = {f"re.{name}" for name in _METHODS | {"compile"}}


def _evaluated(call: ast.Call, path: Path) -> "re.Pattern[Any] | None":
    """The pattern of a call; None if it is made of variables of a function, and in modules that need extras."""
    others = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    flags = [argument for argument in others if "re." in ast.unparse(argument)]
    try:
        module = importlib.import_module(
            ".".join(["codeorigin", *path.relative_to(_ROOT).with_suffix("").parts])
        )
        given = [eval(ast.unparse(each), dict(vars(module))) for each in [call.args[0], *flags]]
    except (NameError, ImportError):
        return None
    return re.compile(*given)


def slow_units(pattern: "re.Pattern[Any]", methods: frozenset[str]) -> Iterator[str]:
    """The texts that, repeated, take the pattern more time than in proportion to their length."""
    parsed = _parser.parse(
        pattern.pattern, pattern.flags & (re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE)
    )
    characters = list(dict.fromkeys(_samples(parsed)))[:16]
    few = characters[:7]
    units = [
        *characters,
        *(a + b for a in few for b in few if a != b),
        *list(dict.fromkeys(_words(parsed)))[:12],
    ]
    works = (
        [getattr(pattern, method) for method in sorted(methods)]
        if methods <= _MATCHING
        else [_found_in(pattern)]
    )
    for unit in units:
        if any(_is_slow(work, unit, isinstance(pattern.pattern, bytes)) for work in works):
            yield unit


def _found_in(pattern: "re.Pattern[Any]") -> Callable[[Any], object]:
    return lambda text: sum(1 for _ in pattern.finditer(text))


def _is_slow(work: Callable[[Any], object], unit: str, encoded: bool) -> bool:
    for length in _LENGTHS:
        # The last character is one that nothing matches.
        texts: list[Any] = [(unit * length)[:size] + "\x01" for size in (length // 4, length)]
        short, long = [text.encode("utf-8", "replace") for text in texts] if encoded else texts
        if _seconds(work, long) > _FLOOR:
            took = min(_seconds(work, long) for _ in range(2))
            if took > max(_FLOOR, _MOST_RATIO * min(_seconds(work, short) for _ in range(3))):
                return True
    return False


def _seconds(work: Callable[[Any], object], text: Any) -> float:
    begun = time.process_time()
    work(text)
    return time.process_time() - begun


def _parts(argument: Any) -> list[Any]:
    """The patterns that an operation is about, in whatever they are wrapped."""
    if isinstance(argument, _parser.SubPattern):
        return [argument]
    return [part for each in argument for part in _parts(each)] if isinstance(argument, tuple | list) else []


def _samples(parsed: Any) -> Iterator[str]:
    """A character that each element of a pattern matches."""
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            yield chr(argument)
        elif operation in {_constants.ANY, _constants.NOT_LITERAL}:
            yield "a"
        elif operation is _constants.IN:
            for kind, value in argument:
                if kind is _constants.CATEGORY:
                    yield from "1 a"
                elif kind is not _constants.NEGATE:
                    yield chr(value if kind is _constants.LITERAL else value[0])
        else:
            for part in _parts(argument):
                yield from _samples(part)


def _words(parsed: Any) -> Iterator[str]:
    """The runs of characters that stand for themselves."""
    word = ""
    for operation, argument in [*parsed, (None, None)]:
        if operation is _constants.LITERAL:
            word += chr(argument)
            continue
        if len(word) > 1:
            yield word
        word = ""
        for part in _parts(argument):
            yield from _words(part)


def main(arguments: list[str]) -> None:
    """Print what is slow."""
    if arguments[:1] == ["--only"]:
        found = [Expression("", re.compile(arguments[1]), frozenset(arguments[2:]))]
    else:
        found = list(expressions())
    for place, pattern, methods in found:
        print("BEGIN", place, flush=True)
        # The first is enough: each takes seconds.
        if unit := next(slow_units(pattern, methods), None):
            print("SLOW", place, repr(unit), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
