"""Checks for worker processes, which import this file: for who checks what, and for a worker that dies."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import Source
from codeorigin.check.result import FileError
from codeorigin.check.workers import FileCheck, Outcome

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class NamingCheck(FileCheck):
    """Reports for each file which process checked it."""

    def run(self, sources: Sequence[Source], analyzer: "Analyzer") -> Iterator[Outcome]:
        for source in sources:
            yield FileError(source.path, str(os.getpid()))


@dataclass(frozen=True, slots=True)
class DyingCheck(NamingCheck):
    """Ends every process but the first one at its first file, as a kernel short of memory would."""

    def run(self, sources: Sequence[Source], analyzer: "Analyzer") -> Iterator[Outcome]:
        if multiprocessing.parent_process() is not None:
            os._exit(137)
        return NamingCheck.run(self, sources, analyzer)
