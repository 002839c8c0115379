"""Commands that a message offers to copy into a shell."""

import os
import shlex


def shell_command(*words: str | os.PathLike[str]) -> str | None:
    """``words`` as one line for a POSIX shell; None if one has a control character, which could end the line.

    Names in a repository are chosen by others: ``$(touch x).go`` must stay a name.
    """
    plain = [os.fspath(word) for word in words]
    return shlex.join(plain) if all(word.isprintable() for word in plain) else None
