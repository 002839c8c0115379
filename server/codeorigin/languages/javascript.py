"""JavaScript, with JSX. TypeScript's grammar extends this one, so most of the query is shared."""

import re

from codeorigin.languages.language import CLASS, Language, Wrapping, grammar_of, words

VALUE = """[(arrow_function body: (_) @body) (function_expression body: (_) @body)
  (generator_function body: (_) @body)]"""
_NAMED = """[(function_expression name: (_) @name body: (_) @body)
  (generator_function name: (_) @name body: (_) @body)] @function"""
# A named function expression only counts where one is allowed; as a statement it is an unfinished declaration.
SHARED_QUERY = f"""
(function_declaration name: (_) @name body: (_) @body) @function
(generator_function_declaration name: (_) @name body: (_) @body) @function
(method_definition name: (_) @name body: (_) @body) @function
(variable_declarator name: (identifier) @name value: {VALUE}) @function
(pair key: (_) @name value: {VALUE}) @function
(assignment_expression left: (identifier) @name right: {VALUE}) @function
(assignment_expression left: (member_expression object: _ @owner property: (_) @name) right: {VALUE}) @function
(export_statement "default" @name
  value: [(arrow_function body: (_) @body) (function_expression !name body: (_) @body)
          (generator_function !name body: (_) @body)]) @function
(arguments {_NAMED})
(parenthesized_expression {_NAMED})
(return_statement {_NAMED})
(export_statement {_NAMED})
(array {_NAMED})

(class_declaration name: (_) @scope.name) @scope
(class name: (_) @scope.name) @scope
(variable_declarator name: (identifier) @scope.name value: [(object) (class !name)]) @scope
(pair key: (_) @scope.name value: [(object) (class !name)]) @scope
(assignment_expression left: [(identifier) (member_expression)] @scope.name
  right: [(object) (class !name)]) @scope

(export_statement declaration: [(function_declaration) (generator_function_declaration)
  (lexical_declaration) (variable_declaration)] @wrapped) @wrapper
(lexical_declaration (variable_declarator) @wrapped) @wrapper
(variable_declaration (variable_declarator) @wrapped) @wrapper
(expression_statement (assignment_expression
  right: [(arrow_function) (function_expression) (generator_function)]) @wrapped) @wrapper
(decorator) @attribute
(comment) @comment
"""

_QUERY = f"""{SHARED_QUERY}
(field_definition property: (_) @name value: {VALUE}) @function
(field_definition property: (_) @scope.name value: [(object) (class !name)]) @scope
"""

# A name of any kind and what may follow it, but not a call that a whole file may begin with, such as "describe(...)".
OBJECT = Wrapping(
    "({",
    "})",
    begins=re.compile(
        rb"(?:(?:async|get|set)\s++)?(?:\*\s*+)?"
        rb"(?:[\w$\x80-\xff]++|\"[^\"\n]*+\"|'[^'\n]*+'|\[[^\]\n]*+\])\s*+(?:[:<]|\((?!\s*+(?:[\"'`(]|function\b)))"
    ),
)

KEYWORDS = words(
    "async await break case catch class const continue debugger default delete do else export extends false "
    "finally for from function get if import in instanceof let new null of return set static super switch this "
    "throw true try typeof undefined var void while with yield"
)

JAVASCRIPT = Language(
    id="javascript",
    name="JavaScript",
    model_language="javascript",
    extensions=(".js", ".jsx", ".mjs", ".cjs"),
    filenames=("Jakefile",),
    lsp_ids=("javascriptreact", "jsx", "js"),
    line_comment="//",
    grammar=grammar_of("tree_sitter_javascript"),
    query=_QUERY,
    keywords=KEYWORDS,
    around=(CLASS, OBJECT),
)
