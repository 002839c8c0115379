"""Foreign text (names, paths, keys and values of a project's files, code) made harmless.

One function for each kind of place: :func:`one_line` for terminals, logs and files that are read as lines,
:func:`plain_message` for messages that an editor shows. Markdown has its own in ``lsp/presentation/markdown.py``.
"""

import re

# Controls, line and paragraph separators, bidirectional overrides, invisible characters, lone surrogates and
# tags: whatever lets a file name or a line of code move the cursor, recolour, hide or reorder other text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# VS Code makes a link of `[text](command:...)` in a plain notification, and an icon of `$(name)` in some labels.
_LINK = re.compile(r"\]\(")
_ICON = re.compile(r"\$\(")
_MAX_MESSAGE = 1_000


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str) -> str:
    """``text`` on one line with every character that could act on a terminal shown as its escape."""
    return _UNSAFE.sub(_escape, text)


def plain_message(text: str) -> str:
    """``text`` for an editor's plain-text message, label or title: on one line, without links, icons or great length.

    There is no escape that all editors know, so a blank parts what would be read as a link or an icon.
    """
    shown = _ICON.sub("$ (", _LINK.sub("] (", one_line(text)))
    return shown if len(shown) <= _MAX_MESSAGE else shown[: _MAX_MESSAGE - 1] + "…"
