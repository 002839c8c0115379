"""Checks for worker processes, which import this file: of a worker that dies, and of one that fails unforeseen."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeorigin.cli.check_result import CheckedFile, FileError
from codeorigin.cli.file_checks import FileCheck
from codeorigin.cli.inputs import Source

if TYPE_CHECKING:
    from codeorigin.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class DyingCheck(FileCheck):
    """Ends its process at a file called ``last.py``, as a kernel short of memory would."""

    def run(self, source: Source, analyzer: "Analyzer") -> CheckedFile | FileError:
        if source.path.endswith("last.py"):
            os._exit(137)
        return FileError(source.path, f"process {os.getpid()}")
