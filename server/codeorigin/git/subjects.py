"""The subjects of commits, without addresses and account names of people."""

import re

from codeorigin.errors import RepositoryError
from codeorigin.git.objects import Objects

_MAX_BYTES = 1 << 16
_LONGEST = 200
_ADDRESSES = re.compile(r"<?[\w.+-]*@[\w.-]+>?")


def commit_subject(objects: Objects, commit: str) -> str:
    """The first paragraph of a commit's message on one line, at most 200 code points; not escaped.

    Empty if there is none or the commit cannot be read.

    Args:
        objects: of the repository.
        commit: its full name.
    """
    try:
        content = objects.read(commit, _MAX_BYTES) or b""
    except RepositoryError:
        return ""
    message = content.partition(b"\n\n")[2].lstrip(b"\n").partition(b"\n\n")[0]
    subject = " ".join(message.decode("utf-8", "replace").split())[:_LONGEST]
    return " ".join(_ADDRESSES.sub("", subject).split())
