"""Source text: reading and decoding it, and detecting minified code."""

import codecs
import io
import re
import tokenize
from pathlib import Path

from codeorigin.core.errors import SourceError
from codeorigin.text.regular_files import read_regular_file

_BINARY_PROBE = 8192

# The last two have other characters in an encoding of escapes, and in that of domains, which takes quadratic time.
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n" + rb"\x41.xn--e1afmkfd."

_LONG_LINE = 500
_LONG_SHARE = 0.75


def read_source(path: Path, max_bytes: int, language: str | None = None) -> str:
    """The text of a file without its byte order mark, so that columns match those in an editor.

    The encoding is UTF-8, or for Python the one declared in the first two lines (PEP 263). ``language`` is the id
    of the file's language, if known.

    Raises SourceError if the file does not exist, is not a regular file, cannot be read, is larger than ``max_bytes``,
    is binary (a NUL among the first 8192 bytes), or is not valid in its encoding.
    """
    try:
        if path.is_dir():
            raise SourceError("is a folder; give a file", path)
        if not path.exists():
            raise SourceError("no such file", path)
        if not path.is_file():
            raise SourceError("is not a regular file", path)
        data = read_regular_file(path, max_bytes)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot be read: {reason}", path) from error
    return decode_source(data, str(path), max_bytes, language)


def decode_source(data: bytes, name: str, max_bytes: int, language: str | None = None) -> str:
    """Decode ``data``, called ``name`` in messages, with the rules and errors of :func:`read_source`.

    ``data`` may be truncated to ``max_bytes + 1`` bytes, which is enough to show that it is too large.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("is UTF-16; save it as UTF-8", name)
    if b"\0" in data[:_BINARY_PROBE]:
        raise SourceError("is a binary file", name)
    if len(data) > max_bytes:
        raise SourceError(f"is larger than {max_bytes:,} bytes", name)
    encoding = _declared_encoding(data, name) if language == "python" else "utf-8"
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeError as error:
        shown = "UTF-8" if encoding == "utf-8" else f"{encoding}, which it declares"
        where = f" (byte {error.start})" if isinstance(error, UnicodeDecodeError) else ""
        raise SourceError(f"is not {shown}{where}; save it as UTF-8", name) from error


def _declared_encoding(data: bytes, name: str) -> str:
    """The encoding with which Python would read ``data``; a byte order mark overrides a declaration, as in editors."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        if error.msg.startswith("unknown encoding"):
            raise SourceError(f"declares an {error.msg}; save it as UTF-8", name) from error
        return "utf-8"
    # PEP 263 requires a superset of ASCII. Other encodings, some of them very slow to decode, could not even contain
    # the declaration.
    try:
        superset = _PRINTABLE.decode(encoding) == _PRINTABLE.decode("ascii")
    except (LookupError, UnicodeError):
        superset = False
    if not superset:
        raise SourceError(f"declares {encoding}, which source code cannot have; save it as UTF-8", name)
    return encoding


def is_minified(text: str) -> bool:
    """Whether at least three quarters of the text are on lines longer than 500 characters."""
    if len(text) <= _LONG_LINE:
        return False
    lines = re.split(r"\r\n|\r|\n", text) if "\r" in text else text.split("\n")
    long = sum(length for length in map(len, lines) if length > _LONG_LINE)
    return long >= _LONG_SHARE * len(text)
