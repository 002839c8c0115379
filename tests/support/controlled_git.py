"""A ``git`` that a test can hold back or make fail, first on the PATH of a program that calls git."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
for command in $(cat "{folder}/held" 2>/dev/null); do
    case " $* " in *" $command "*)
        "{git}" "$@" > "{folder}/answer.$$"
        code=$?
        : > "{folder}/reached"
        while [ -e "{folder}/held" ]; do sleep 0.02; done
        cat "{folder}/answer.$$"
        exit $code ;;
    esac
done
for command in $(cat "{folder}/failing" 2>/dev/null); do
    case " $* " in *" $command "*)
        echo "fatal: something that passes" >&2
        exit 128 ;;
    esac
done
exec "{git}" "$@"
"""


class ControlledGit:
    """Lives in ``folder``; ``environment`` is for the program."""

    def __init__(self, folder: Path) -> None:
        git = shutil.which("git")
        assert git is not None
        folder.mkdir()
        self._held, self._failing, self._reached = (folder / name for name in ("held", "failing", "reached"))
        program = folder / "git"
        program.write_text(_SCRIPT.format(folder=folder, git=git))
        program.chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    @contextmanager
    def held(self, command: str) -> Iterator[None]:
        """The output of ``git COMMAND`` is held back until the block ends."""
        self._reached.unlink(missing_ok=True)
        self._held.write_text(command)
        try:
            yield
        finally:
            self._held.unlink()

    @property
    def is_waiting(self) -> bool:
        """Whether there is such an output."""
        return self._reached.exists()

    @contextmanager
    def failing(self, command: str) -> Iterator[None]:
        """``git COMMAND`` fails until the block ends."""
        self._failing.write_text(command)
        try:
            yield
        finally:
            self._failing.unlink()
