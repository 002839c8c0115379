"""The kinds of constructs that code is divided into, in plain values, without a parser."""

from enum import StrEnum


class Construct(StrEnum):
    """What a stretch of code is there for. The innermost construct counts; a comment is a comment everywhere."""

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
"""Every construct; its index is its code in the arrays below."""
