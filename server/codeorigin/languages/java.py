"""Java."""

from codeorigin.languages.language import CLASS, Language, grammar_of, words

_QUERY = """
(method_declaration name: (_) @name body: (_) @body) @function
(constructor_declaration name: (_) @name body: (_) @body) @function
(compact_constructor_declaration name: (_) @name body: (_) @body) @function
(variable_declarator name: (identifier) @name value: (lambda_expression body: (_) @body)) @function
(assignment_expression left: (identifier) @name
  right: (lambda_expression body: (_) @body)) @function
(assignment_expression left: (field_access object: _ @owner field: (_) @name)
  right: (lambda_expression body: (_) @body)) @function

(class_declaration name: (_) @scope.name) @scope
(interface_declaration name: (_) @scope.name) @scope
(enum_declaration name: (_) @scope.name) @scope
(record_declaration name: (_) @scope.name) @scope
(annotation_type_declaration name: (_) @scope.name) @scope
(enum_constant name: (_) @scope.name body: (_)) @scope

(local_variable_declaration declarator: (variable_declarator) @wrapped) @wrapper
(field_declaration declarator: (variable_declarator) @wrapped) @wrapper
(expression_statement (assignment_expression right: (lambda_expression)) @wrapped) @wrapper
(modifiers [(annotation) (marker_annotation)] @attribute)
[(line_comment) (block_comment)] @comment
"""

_KEYWORDS = words(
    "abstract assert boolean break byte case catch char class const continue default do double else enum "
    "extends final finally float for if implements import instanceof int interface long native new null "
    "package private protected public record return short static super switch synchronized this throw throws "
    "transient true false try var void volatile while yield"
)

JAVA = Language(
    id="java",
    name="Java",
    model_language="java",
    extensions=(".java",),
    line_comment="//",
    grammar=grammar_of("tree_sitter_java"),
    query=_QUERY,
    keywords=_KEYWORDS,
    around=(CLASS,),
)
