"""Errors that a user may see, each a single line that says what to do."""

from os import PathLike


class CodeOriginError(Exception):
    """Base of every expected failure; ``str(error)`` is one line that can be shown to a user.

    ``path`` is the file, folder or repository that it is about, if there is one, and ``reason`` the line without it.
    """

    def __init__(self, reason: str = "", path: str | PathLike[str] | None = None) -> None:
        super().__init__(reason if path is None else f"{path}: {reason}")
        self.reason, self.path = reason, path


class ModelError(CodeOriginError):
    """The model bundle is missing, broken, or does not match its manifest."""


class SourceError(CodeOriginError):
    """A source file cannot be read: missing, binary, in another encoding, or too large."""


class LanguageError(CodeOriginError):
    """The language is not supported."""


class RepositoryError(CodeOriginError):
    """Git cannot answer: not installed, no repository, no such commit, or no end to its output."""


class NoRepositoryError(RepositoryError):
    """The folder is in no repository that git knows."""


class NoSuchRevisionError(RepositoryError):
    """There is no commit, branch or tag with this name."""


class Cancelled(CodeOriginError):  # noqa: N818 - the usual term, as in asyncio and LSP
    """The work was stopped because its result is no longer wanted."""
