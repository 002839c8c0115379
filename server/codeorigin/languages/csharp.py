"""C#."""

import re

from codeorigin.languages.language import CLASS, Language, Wrapping, grammar_of, words

_QUERY = """
(method_declaration name: (_) @name body: (_) @body) @function
(constructor_declaration name: (_) @name body: (_) @body) @function
(destructor_declaration name: (_) @name body: (_) @body (#set! prefix "~")) @function
(operator_declaration operator: _ @name body: (_) @body (#set! prefix "operator ")) @function
(conversion_operator_declaration type: (_) @name body: (_) @body (#set! prefix "operator ")) @function
(local_function_statement name: (_) @name body: (_) @body) @function
(accessor_declaration name: _ @name body: (_) @body) @function
(property_declaration name: (_) @name value: (arrow_expression_clause) @body) @function
(indexer_declaration "this" @name value: (arrow_expression_clause) @body) @function
(variable_declarator name: (identifier) @name (lambda_expression body: (_) @body)) @function
(variable_declarator name: (identifier) @name (anonymous_method_expression (block) @body)) @function
(assignment_expression left: (identifier) @name operator: "="
  right: [(lambda_expression body: (_) @body) (anonymous_method_expression (block) @body)]) @function
(assignment_expression left: (member_access_expression expression: _ @owner name: (_) @name) operator: "="
  right: [(lambda_expression body: (_) @body) (anonymous_method_expression (block) @body)]) @function

(namespace_declaration name: (_) @scope.name) @scope
(file_scoped_namespace_declaration name: (_) @scope.name (#set! scope "file")) @scope
(class_declaration name: (_) @scope.name) @scope
(struct_declaration name: (_) @scope.name) @scope
(interface_declaration name: (_) @scope.name) @scope
(record_declaration name: (_) @scope.name) @scope
(property_declaration name: (_) @scope.name accessors: (_)) @scope
(event_declaration name: (_) @scope.name accessors: (_)) @scope
(indexer_declaration "this" @scope.name accessors: (_)) @scope

(local_declaration_statement (variable_declaration) @wrapped) @wrapper
(field_declaration (variable_declaration) @wrapped) @wrapper
(variable_declaration (variable_declarator) @wrapped) @wrapper
(expression_statement (assignment_expression
  right: [(lambda_expression) (anonymous_method_expression)]) @wrapped) @wrapper
(global_statement (local_function_statement) @wrapped) @wrapper
(global_statement (local_declaration_statement) @wrapped) @wrapper
(attribute_list) @attribute
(comment) @comment
"""

# Includes accessors of indexers and events, because the grammar accepts all of them in a property.
_ACCESSORS = ("get", "set", "init", "add", "remove")
_PROPERTY = Wrapping(
    "class X { int P {",
    "}}",
    begins=re.compile(
        rf"(?:\[[^\]]*+\]\s*+|(?:public|private|protected|internal|readonly)\s++)*+(?:{'|'.join(_ACCESSORS)})\s*+[{{=;]".encode()
    ),
    # The grammar accepts any name, so every block after a word would be an accessor.
    names=frozenset(name.encode() for name in _ACCESSORS),
)

_KEYWORDS = words(
    "abstract as async await base bool break byte case catch char class const continue decimal default "
    "delegate do double else enum event explicit false finally float for foreach get if implicit in int "
    "interface internal is lock long nameof namespace new null object out override params private protected "
    "public readonly ref return sealed set short static string struct switch this throw true try typeof uint "
    "using var virtual void when while yield"
)

CSHARP = Language(
    id="csharp",
    name="C#",
    model_language="csharp",
    extensions=(".cs", ".csx"),
    lsp_ids=("c#", "cs"),
    line_comment="//",
    grammar=grammar_of("tree_sitter_c_sharp"),
    query=_QUERY,
    keywords=_KEYWORDS,
    around=(CLASS, _PROPERTY),
)
