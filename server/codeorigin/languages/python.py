"""Python."""

from codeorigin.languages.language import Language, grammar_of, words

_QUERY = """
(function_definition name: (_) @name body: (_) @body) @function
(assignment left: (identifier) @name right: (lambda body: (_) @body)) @function
(assignment left: (attribute object: _ @owner attribute: (_) @name)
  right: (lambda body: (_) @body)) @function
(class_definition name: (_) @scope.name) @scope
(decorated_definition definition: (function_definition) @wrapped) @wrapper
(expression_statement (assignment right: (lambda)) @wrapped) @wrapper
(decorator) @attribute
(comment) @comment
"""

_KEYWORDS = words(
    "False None True and as assert async await break class continue def del elif else except finally for from "
    "global if import in is lambda match nonlocal not or pass raise return self cls try while with yield"
)

PYTHON = Language(
    id="python",
    name="Python",
    model_language="python",
    extensions=(".py", ".pyi", ".pyw"),
    filenames=("SConstruct", "SConscript", "wscript"),
    line_comment="#",
    block_end="",
    grammar=grammar_of("tree_sitter_python"),
    query=_QUERY,
    keywords=_KEYWORDS,
)
