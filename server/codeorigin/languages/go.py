"""Go."""

import re

from codeorigin.languages.language import Language, Wrapping, grammar_of, words

_QUERY = """
(function_declaration name: (_) @name body: (_) @body) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner
    (generic_type type: _ @owner)
    (pointer_type (type_identifier) @owner)
    (pointer_type (generic_type type: _ @owner))
    (parenthesized_type (type_identifier) @owner)
    (parenthesized_type (pointer_type (type_identifier) @owner))]))
  name: (_) @name body: (_) @body) @function
(short_var_declaration
  left: (expression_list . (identifier) @name .)
  right: (expression_list . (func_literal body: (_) @body) .)) @function
(var_spec name: (identifier) @name
  value: (expression_list . (func_literal body: (_) @body) .)) @function
(assignment_statement
  left: (expression_list . (identifier) @name .) operator: "="
  right: (expression_list . (func_literal body: (_) @body) .)) @function
(assignment_statement
  left: (expression_list . (selector_expression operand: _ @owner field: (_) @name) .) operator: "="
  right: (expression_list . (func_literal body: (_) @body) .)) @function
(keyed_element key: (literal_element [(identifier) (interpreted_string_literal)] @name)
  value: (literal_element (func_literal body: (_) @body))) @function

(var_declaration (var_spec) @wrapped) @wrapper
(comment) @comment
"""

_ELEMENTS = Wrapping(
    "var x = X{", "}", begins=re.compile(rb"(?:[^\W\d]\w*+|\"[^\"\n]*+\"|`[^`\n]*+`)\s*+:(?!=)")
)

_KEYWORDS = words(
    "append bool break byte case chan const continue default defer else err error fallthrough false float64 "
    "for func go goto if import int int64 interface len make map nil package panic range return select string "
    "struct switch true type uint var"
)

GO = Language(
    id="go",
    name="Go",
    model_language="go",
    extensions=(".go",),
    lsp_ids=("golang",),
    line_comment="//",
    grammar=grammar_of("tree_sitter_go"),
    query=_QUERY,
    keywords=_KEYWORDS,
    raising_calls=words("panic recover"),
    around=(_ELEMENTS,),
)
