"""Reads human functions from archives of source packages, as the corpus has them.

They are whole lines of outermost functions of 4 to 200 lines, in files that a package's authors wrote.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from codeorigin.functions.finding import find_functions
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import is_generated, is_minified
from codeorigin_training.data.debian.archives import SourceFile, read_source_archive
from codeorigin_training.data.debian.packages import SourcePackage
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, CorpusError, Row
from codeorigin_training.run import Log

MOST_ROWS = 60
"""The maximum number of functions of a package, as in ``human.parquet``."""

_CANDIDATES = 4
"""Parsing stops at this multiple of the number of rows that a package may contribute."""

_OLDEST = datetime.date(1990, 1, 1)
_SHORTEST, _LONGEST = 4, 200
"""Bounds on a function's line count; shorter functions carry no information, longer ones are mostly tables."""

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


def read_source_functions(
    packages: Sequence[SourcePackage], folder: Path, log: Log, *, limit: int = MOST_ROWS, seed: int = 0
) -> Iterator[Row]:
    """Human functions of the packages whose archives are in ``folder``, at most ``limit`` of each.

    A text found in several packages is counted for the first one. A package is left out, with a line in ``log``, if
    its archive is not the pinned one, is damaged, or unpacks to too much data.
    """
    seen: set[str] = set()
    generator = np.random.default_rng(seed)
    for package in packages:
        if fault := package.fault(folder):
            log(f"{package.repo}: left out, {fault}")
            continue
        try:
            files = [
                function for function in read_source_archive(folder / package.archive) if _is_own(function)
            ]
        except CorpusError as error:
            log(f"{package.repo}: left out, {error}")
            continue
        found: list[Row] = []
        # In random order, so that parsing can stop early.
        for index in generator.permutation(len(files)):
            file = files[index]
            for row in _rows(package, file):
                text = "".join(row.code.split())
                if text not in seen:
                    seen.add(text)
                    found.append(row)
            if len(found) >= _CANDIDATES * limit:
                break
        if len(found) > limit:
            found = [found[index] for index in np.sort(generator.choice(len(found), limit, replace=False))]
        yield from found


def _is_own(file: SourceFile) -> bool:
    """Whether a source file is the package's own, not vendored, built or compiled."""
    *folders, name = PurePosixPath(file.path).parts
    if any(_VENDORED.fullmatch(folder) for folder in folders):
        return False
    if file.language.model_language not in {"javascript", "typescript"}:
        return True
    built = any(_BUILT.fullmatch(folder) for folder in folders) or ".min." in name
    return not built and not _COMPILED.search(file.text)


def _rows(package: SourcePackage, file: SourceFile) -> Iterator[Row]:
    """The functions of one file in source order; none for generated or minified text.

    Each is cut as the server reads it (``span.code``): decorators inside its node are included, attributes next to it
    and the comment above are not. The first line keeps its indentation.
    """
    if is_generated(file.text) or is_minified(file.text):
        return
    index = LineIndex(file.text)
    for span in find_functions(file.text, file.language, path=file.path):
        first, last = span.code.start_line, span.code.end_line
        if _SHORTEST <= last - first + 1 <= _LONGEST:
            yield Row(
                code=file.text[index.line_start(first) : index.line_end(last)],
                language=file.language.model_language,
                label=0,
                repo=package.repo,
                agent="",
                modern=package.modern,
                is_test=span.is_test,
                lines=last - first + 1,
                path=file.path,
                commit=package.version,
                date=_date(file, package).isoformat(),
                source=DISTRIBUTION_SOURCE,
            )


def _date(file: SourceFile, package: SourcePackage) -> datetime.date:
    """The file's own date if it is plausible, else the package's."""
    try:
        modified = datetime.datetime.fromtimestamp(file.modified, datetime.UTC).date()
    except (OverflowError, OSError, ValueError):
        return package.date
    return modified if _OLDEST <= modified <= package.date else package.date
