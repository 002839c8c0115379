"""Tells by path and text which files of a released package its authors wrote, and samples functions."""

import re
from pathlib import PurePosixPath
from typing import TypeVar

import numpy as np

Value = TypeVar("Value")

_VENDORED = re.compile(
    r"_?vendor(ed|ized)?|third[_-]?party|3rd[_-]?party|extern(als?)?|_?bundled?(_packages)?|node_modules|bower_components"
    r"|deps|dependencies|jquery|compat_vendor|gyp",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"dist(-\w+)?|build|builds|built|out|umd|esm?\d*|cjs|es\d+|min|bundles?|compiled|prebuilds|\w+\.min\.js|locales?|i18n",
    re.IGNORECASE,
)
# Traces of compilers and bundlers in the JavaScript that they generate.
_COMPILED = re.compile(
    r"__esModule|__awaiter|__importDefault|_interopRequire|__webpack_require__|_createClass\(|_classCallCheck"
    r"|//# sourceMappingURL=|__decorate\b|asyncToGenerator|regeneratorRuntime|__extends\b|_inheritsLoose"
    r"|\(function \(global, factory\)|__publicField|__toESM"
)


def is_own_code(path: str, text: str, language: str) -> bool:
    """Whether a source file in model language ``language`` is the package's own, not vendored, built or compiled."""
    script = language in {"javascript", "typescript"}
    return not _is_foreign(path, script=script) and not (script and _COMPILED.search(text))


def is_wanted_path(name: str) -> bool:
    """Whether the path ``name`` stays inside its archive."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def without_blanks(code: str) -> str:
    """``code`` without whitespace, to compare texts regardless of layout."""
    return "".join(code.split())


def sample(values: list[Value], count: int, generator: np.random.Generator) -> list[Value]:
    """At most ``count`` of ``values``, in their order."""
    if len(values) <= count:
        return values
    return [values[index] for index in np.sort(generator.choice(len(values), count, replace=False))]


def _is_foreign(path: str, *, script: bool) -> bool:
    parts = PurePosixPath(path).parts
    folders = parts[:-1]
    if any(_VENDORED.fullmatch(part) for part in folders):
        return True
    return script and (any(_BUILT.fullmatch(part) for part in folders) or ".min." in parts[-1])
