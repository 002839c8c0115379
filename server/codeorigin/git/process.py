"""Running ``git`` in a possibly hostile repository: no shell, no configured programs, bounded time and output."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import IO

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import NoRepositoryError, RepositoryError
from codeorigin.git.watch import Watch, limit_memory
from codeorigin.text.literal_text import shell_command

SECONDS = 120.0
"""Time limit of one git command. Long listings are streamed and may take :data:`LONG_SECONDS`."""
LONG_SECONDS = 3600.0
MAX_OUTPUT = 64 * 2**20
"""Maximum size in bytes of a command's output if it is kept in memory as a whole."""
_LACKING = re.compile(
    r"(?:unable to read(?: tree)?|could not fetch|could not read|unable to parse commit|bad object|object) "
    r"([0-9a-f]{40,64})",
    re.IGNORECASE,
)
_PIECE = 1 << 16
_MAX_COMPLAINT = 4096

# The variables that locate the repository, which git itself sets for its hooks, and the user's own configuration.
_KEPT = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_COUNT",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_SET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # No transport may start; older versions of git ignore the variable above.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
# Overrides the repository's own configuration. External diffs, text converters and signature checkers are also
# turned off by the options of each command.
_CONFIGURATION = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.askPass=false",
    "core.pager=cat",
    "core.quotePath=false",
    "core.attributesFile=",
    "credential.helper=",
    "protocol.allow=never",
    "diff.external=",
    "diff.submodule=short",
    "diff.ignoreSubmodules=all",
    "diff.orderFile=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: ``outside`` without variables that could change what git runs, writes or prints."""
    inherited = {
        name: value
        for name, value in outside.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return inherited | _SET


@cache
def _program(search: str | None) -> str:
    # Only absolute folders: through a relative one, a repository could supply its own git.
    folders = [folder for folder in (search or os.defpath).split(os.pathsep) if Path(folder).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(folders))
    if found is None or not Path(found).is_absolute():
        raise RepositoryError("git is not installed; install it to check changes and history")
    return found


@cache
def git_version() -> tuple[int, int]:
    """The first two numbers of git's version; (0, 0) if it does not tell."""
    command = [_program(os.environ.get("PATH")), "--version"]
    try:
        said = subprocess.run(
            command,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        said = b""
    found = re.search(rb"\b(\d++)\.(\d++)", said)
    return (0, 0) if found is None else (int(found[1]), int(found[2]))


@contextmanager
def temporary_errors() -> Iterator[None]:
    """Turn errors in writing temporary files into a RepositoryError that says what to do."""
    try:
        yield
    except OSError as error:
        raise RepositoryError(
            f"no temporary file can be written: {error.strerror or error}; TMPDIR names another folder"
        ) from error


class FailedCommandError(RepositoryError):
    """git ran and failed or stalled, usually because something requested is missing or damaged."""


class StalledError(FailedCommandError):
    """git made no progress: it waits for a pipe, for example."""


class Git:
    """``git`` in one folder. Methods raise :class:`~codeorigin.core.errors.RepositoryError` with a one-line message.

    ``extra`` holds environment variables to set, or to unset (None). Cancelling ``cancel`` kills the running
    command, and every method then raises :class:`~codeorigin.core.errors.Cancelled`.
    """

    def __init__(
        self, folder: Path, extra: Mapping[str, str | None] | None = None, cancel: CancelToken = NEVER
    ) -> None:
        self.folder = folder
        self.cancel = cancel
        self._extra = dict(extra or {})

    def with_cancel(self, cancel: CancelToken) -> "Git":
        """The same, whose commands ``cancel`` kills instead."""
        return Git(self.folder, self._extra, cancel)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        answers: Sequence[int] = (0,),
        max_output: int = MAX_OUTPUT,
        seconds: float = SECONDS,
    ) -> bytes:
        """The command's stdout. Its exit code must be one of ``answers``."""
        pieces = []
        left = max_output
        with self.stream(*arguments, stdin=stdin, answers=answers, seconds=seconds) as output:
            while piece := output.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise RepositoryError(
                        f"git {arguments[0]} answers with more than {max_output:,} bytes in {self.folder}"
                    )
                pieces.append(piece)
        return b"".join(pieces)

    def line(self, *arguments: str) -> str:
        """The single line that the command prints."""
        return os.fsdecode(self.run(*arguments)).removesuffix("\n")

    @contextmanager
    def stream(
        self,
        *arguments: str,
        stdin: bytes = b"",
        answers: Sequence[int] = (0,),
        seconds: float = LONG_SECONDS,
        ponders: bool = True,
    ) -> Iterator[BufferedReader]:
        """The command's stdout as a stream, which must be read to its end; to stop earlier, raise an exception.

        A command that ``ponders`` may compute silently; any other has stalled if it prints nothing for a while.
        """
        with ExitStack() as stack:
            with temporary_errors():
                given, complaints = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
                given.write(stdin)
                given.seek(0)
            process = self._start(arguments, given, complaints)
            watch = Watch(process, self.cancel, seconds=seconds, ponders=ponders)
            try:
                with watch as output:
                    yield output
                    code = process.wait()
            except Exception:
                # The reader may have failed because the output was cut off.
                self._raise_if_ended(watch, arguments[0])
                raise
            finally:
                watch.end()
            self._raise_if_ended(watch, arguments[0])
            if code not in answers:
                complaints.seek(0)
                raise explained(complaints.read(_MAX_COMPLAINT), arguments[0], self.folder)

    def _raise_if_ended(self, watch: Watch, command: str) -> None:
        self.cancel.raise_if_cancelled()
        if watch.stalled:
            raise StalledError(f"git {command} made no progress for {watch.patience:g} seconds; stopped")
        if watch.late:
            raise RepositoryError(f"git {command} took longer than {watch.seconds:g} seconds; stopped")

    def start_with_pipes(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process with pipes for stdin and stdout; a :class:`~codeorigin.git.watch.Watch` ends it."""
        return self._start(arguments, subprocess.PIPE, subprocess.DEVNULL)

    def _start(
        self, arguments: Sequence[str], stdin: int | IO[bytes], stderr: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        self.cancel.raise_if_cancelled()
        variables = environment(os.environ) | self._extra
        settings = [part for entry in _CONFIGURATION for part in ("-c", entry)]
        command = [_program(os.environ.get("PATH")), "--no-pager", *settings, *arguments]
        try:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={name: value for name, value in variables.items() if value is not None},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise RepositoryError(f"git cannot be started in {self.folder}: {reason}") from error
        limit_memory(process.pid)
        return process


def nul_terminated(output: BufferedReader) -> Iterator[bytes]:
    """Yield NUL-terminated records without consuming anything after the last one that is taken."""
    record = bytearray()
    while piece := output.peek():
        end = piece.find(b"\0")
        record += output.read(end + 1 if end >= 0 else len(piece))
        if end >= 0:
            yield bytes(record[:-1])
            record.clear()


def lacking(name: str) -> str:
    """The line about an object that cannot be read."""
    return (
        f"object {name[:10]} is not in this clone or is damaged, and nothing is fetched; "
        "git fetch --refetch --no-filter gets what is missing"
    )


def explained(complaint: bytes, command: str, folder: Path) -> RepositoryError:
    """The error for what git wrote to stderr: one line, with advice where possible."""
    lines = [line for line in os.fsdecode(complaint).splitlines() if line.strip()]
    text = " ".join(lines)
    if "dubious ownership" in text:
        # Git trusts the top of a repository alone, and a relative name would be that of any current folder.
        top, found = folder.resolve(), re.search(r"in repository at '(.*)'", "\n".join(lines))
        if found is not None and top.is_relative_to(found[1]):
            top = Path(found[1])
        advice = shell_command("git", "config", "--global", "--add", "safe.directory", top)
        return RepositoryError(
            "git does not trust this repository, because it belongs to another user; if you do, "
            + (f"run: {advice}" if advice is not None else "add it to safe.directory in git's configuration"),
            folder,
        )
    if "not a git repository" in text:
        return NoRepositoryError("is not in a git repository", folder)
    if (found := re.search(r"unknown repository extensions? found:?\s*(.+)", text)) is not None:
        return RepositoryError(
            f"this git does not know the repository's format ({found[1].strip()}); a newer git may", folder
        )
    if (found := _LACKING.search(text)) is not None:
        return FailedCommandError(lacking(found[1]))
    said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    reason = said[0].removeprefix("fatal: ").removeprefix("error: ") if said else "no reason given"
    return FailedCommandError(f"git {command} failed: {reason}")
