"""Escaping untrusted text (names, paths, code, keys and values in a project's files) for display.

There is one function per destination: :func:`one_line` for terminals, logs and line-based files, and
:func:`plain_message` for messages in an editor. The one for Markdown is in ``lsp/presentation/markdown.py``.
"""

import re

# Control characters, line and paragraph separators, bidirectional overrides, invisible characters, lone surrogates
# and tags: everything with which a file name or a line of code could move the cursor, or recolour, hide or reorder
# other text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# VS Code renders `[text](command:...)` in a plain notification as a link, and `$(name)` in some labels as an icon.
_LINK = re.compile(r"\]\(")
_ICON = re.compile(r"\$\(")
_MAX_MESSAGE = 1_000


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str) -> str:
    """``text`` on one line, with every character that could affect a terminal replaced by its escape sequence."""
    return _UNSAFE.sub(_escape, text)


def plain_message(text: str) -> str:
    """``text`` for an editor's plain-text message, label or title: one line, truncated, without links or icons.

    No escape works in all editors, so a space is inserted into what would be rendered as a link or an icon.
    """
    shown = _ICON.sub("$ (", _LINK.sub("] (", one_line(text)))
    return shown if len(shown) <= _MAX_MESSAGE else shown[: _MAX_MESSAGE - 1] + "…"
