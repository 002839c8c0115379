"""C, and headers (``.h``) that are not written in C++."""

from codeorigin.languages.declarators import declared_name
from codeorigin.languages.language import Language, grammar_of, words

# A function-defining macro with two or more arguments is parsed as a call followed by a block.
_QUERY = """
(function_definition declarator: (_) @declarator body: (compound_statement) @body) @function
(translation_unit (expression_statement (call_expression function: (identifier) @_macro) @name) @function
  . (compound_statement) @body (#match? @_macro "^[A-Z]"))

(linkage_specification body: (function_definition) @wrapped) @wrapper
(attribute_declaration) @attribute
(comment) @comment
"""

KEYWORDS = words(
    "auto break case char const continue default do double else enum extern float for goto if inline int long "
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile "
    "while bool NULL true false"
)

C = Language(
    id="c",
    name="C",
    model_language="c",
    extensions=(".c", ".h"),
    line_comment="//",
    grammar=grammar_of("tree_sitter_c"),
    query=_QUERY,
    keywords=KEYWORDS,
    declared_name=declared_name,
)
