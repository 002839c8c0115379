"""Errors that a user may see, each a single line that says what to do."""


class CodeOriginError(Exception):
    """Base of every expected failure; ``str(error)`` is one line that can be shown to a user."""


class ModelError(CodeOriginError):
    """The model bundle is missing, broken, or does not match its manifest."""


class SourceError(CodeOriginError):
    """A source file cannot be read: missing, binary, in another encoding, or too large."""


class MissingContentError(SourceError):
    """The content of a file is not in this clone of its repository, or is damaged."""


class LanguageError(CodeOriginError):
    """The language is not supported."""


class RepositoryError(CodeOriginError):
    """Git cannot answer: not installed, no repository, no such commit, or no end to its output."""


class Cancelled(CodeOriginError):  # noqa: N818 - the usual term, as in asyncio and LSP
    """The work was stopped because its result is no longer wanted."""
