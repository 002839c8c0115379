"""What the system tells of a process: limits count processor time, so that a busy machine changes no result."""

import os
from pathlib import Path


def process_state(pid: int) -> tuple[str, float | None]:
    """The state of a process, as in proc_pid_stat(5), and its seconds of processor time; None where nobody tells."""
    try:
        # The name before the last bracket may contain anything.
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return "", None
