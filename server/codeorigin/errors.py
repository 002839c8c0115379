"""Errors that a user may see: one line each, saying what to do."""


class CodeOriginError(Exception):
    """Base of every expected failure; ``str(error)`` is one line fit for a user."""


class ModelError(CodeOriginError):
    """The model bundle is missing, broken, or does not match its manifest."""


class SourceError(CodeOriginError):
    """A source file cannot be read: not there, binary, in another encoding, or too large."""


class MissingContentError(SourceError):
    """The content of a file is not in this clone of its repository, or is damaged."""


class LanguageError(CodeOriginError):
    """A language that is not supported was asked for."""


class RepositoryError(CodeOriginError):
    """Git cannot answer: not installed, no repository, no such commit, or an answer that never ends."""


class Cancelled(CodeOriginError):  # noqa: N818 - the field's word for it, as in asyncio and LSP
    """The work was stopped because its result is no longer wanted."""
