"""The kinds of constructs that code is divided into, as plain values without a parser."""

from enum import StrEnum


class Construct(StrEnum):
    """The role of a stretch of code. The innermost construct counts; a comment is always a comment."""

    COMMENT = "comment"
    DOCSTRING = "docstring"
    ERROR_HANDLING = "error_handling"
    CONTROL_FLOW = "control_flow"
    SIGNATURE = "signature"
    CALL = "call"
    NAME = "name"
    TYPE = "type"
    LITERAL = "literal"
    KEYWORD = "keyword"
    PUNCTUATION = "punctuation"
    LAYOUT = "layout"


CONSTRUCTS: tuple[Construct, ...] = tuple(Construct)
"""All constructs; the index of a construct is its code in arrays."""
