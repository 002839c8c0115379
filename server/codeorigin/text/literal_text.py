"""Escaping untrusted text (names, paths, code, keys and values in a project's files) for display.

There is one function per destination: :func:`one_line` for terminals, logs and line-based files, :func:`html_line` for
pages, :func:`literal_json` for JSON, :func:`plain_message` for messages in an editor, and :func:`shell_command` for
commands to copy. The one for Markdown in an editor is in ``lsp/handlers/markdown.py``.

All but the last two also break what GitHub's runner obeys when a program prints it: ``##[error]`` anywhere in a line,
and ``::add-mask::`` at the start of one.
"""

import html
import os
import re
import shlex

# Control characters, line and paragraph separators, bidirectional overrides, invisible characters, lone surrogates
# and tags: everything with which a file name or a line of code could move the cursor, or recolour, hide or reorder
# other text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# The character to break of a command in brackets.
_COMMAND = re.compile(r"#(?<=##)(?=\[)")
_COLON_COMMAND = re.compile(r"^(\s*):(?=:)")
# VS Code renders `[text](command:...)` in a plain notification as a link, and `$(name)` in some labels as an icon.
_LINK = re.compile(r"\]\(")
_ICON = re.compile(r"\$\(")
_MAX_MESSAGE = 1_000


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"


def one_line(text: str, *, starts_line: bool = True) -> str:
    """``text`` on one line, with every character that could affect a terminal or a CI system as an escape sequence.

    ``starts_line`` False is for text that never stands at the start of a line, where two colons are harmless.
    """
    shown = _COMMAND.sub(_escape, _UNSAFE.sub(_escape, text))
    return _COLON_COMMAND.sub(r"\1\\x3a", shown) if starts_line else shown


def html_line(text: str) -> str:
    """:func:`one_line` for HTML, where entities show the text of a command as it is."""
    shown = _COMMAND.sub(_entity, html.escape(_UNSAFE.sub(_escape, text)))
    return _COLON_COMMAND.sub(r"\1&#58;", shown)


def literal_json(text: str) -> str:
    """JSON with the values of ``text`` but without commands: a ``#`` may be written as ``\\u0023``."""
    return _COMMAND.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain_message(text: str) -> str:
    """``text`` for an editor's plain-text message, label or title: one line, truncated, without links or icons.

    No escape works in all editors, so a space is inserted into what would be rendered as a link or an icon.
    """
    shown = _ICON.sub("$ (", _LINK.sub("] (", one_line(text)))
    return shown if len(shown) <= _MAX_MESSAGE else shown[: _MAX_MESSAGE - 1] + "…"


def shorten(text: str, length: int) -> str:
    """The stripped text, truncated with an ellipsis if it is longer than ``length``."""
    text = text.strip()
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def shell_command(*words: str | os.PathLike[str]) -> str | None:
    """``words`` as one line for a POSIX shell; None if one has a control character, which could end the line.

    Names in a repository are chosen by others: ``$(touch x).go`` must stay a name.
    """
    plain = [os.fspath(word) for word in words]
    return shlex.join(plain) if all(word.isprintable() for word in plain) else None


def explain_command(path: str, line: int) -> str | None:
    """The command that explains the function on a ``line``, from 1, as :func:`shell_command` writes it."""
    # A file can be called `--model=x.go`.
    name = f"./{path}" if path.startswith("-") else path
    return shell_command("codeorigin", "explain", f"{name}:{line}")
