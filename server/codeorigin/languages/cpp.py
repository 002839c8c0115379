"""C++."""

from codeorigin.languages.c import KEYWORDS
from codeorigin.languages.declarators import declared_name
from codeorigin.languages.language import Around, Language, grammar_of, words

_QUERY = """
(function_definition declarator: (_) @declarator body: (compound_statement) @body) @function
(function_definition declarator: (_) @declarator (try_statement body: (_) @body)) @function
(init_declarator declarator: (identifier) @name
  value: (lambda_expression body: (_) @body)) @function
(field_declaration declarator: (field_identifier) @name
  default_value: (lambda_expression body: (_) @body)) @function
(assignment_expression left: (identifier) @name operator: "="
  right: (lambda_expression body: (_) @body)) @function
(assignment_expression left: (field_expression argument: _ @owner field: (_) @name) operator: "="
  right: (lambda_expression body: (_) @body)) @function

(namespace_definition name: (_) @scope.name) @scope
(class_specifier name: (type_identifier) @scope.name body: (_)) @scope
(class_specifier name: (template_type name: (_) @scope.name) body: (_)) @scope
(class_specifier name: (qualified_identifier) @scope.name body: (_)) @scope
(struct_specifier name: (type_identifier) @scope.name body: (_)) @scope
(struct_specifier name: (template_type name: (_) @scope.name) body: (_)) @scope
(struct_specifier name: (qualified_identifier) @scope.name body: (_)) @scope
(union_specifier name: (type_identifier) @scope.name body: (_)) @scope

(template_declaration [(function_definition) (template_declaration) (declaration)] @wrapped) @wrapper
(linkage_specification body: (function_definition) @wrapped) @wrapper
(declaration declarator: (init_declarator) @wrapped) @wrapper
(expression_statement (assignment_expression right: (lambda_expression)) @wrapped) @wrapper
(template_declaration "template" @attribute)
(template_declaration parameters: (_) @attribute)
(template_declaration (requires_clause) @attribute)
(attribute_declaration) @attribute
(comment) @comment
"""

_KEYWORDS = KEYWORDS | words(
    "catch class constexpr decltype delete explicit final friend mutable namespace new noexcept nullptr "
    "operator override private protected public static_cast std template this throw try typename using virtual"
)

CPP = Language(
    id="cpp",
    name="C++",
    model_language="cpp",
    extensions=(
        *(".cpp", ".cc", ".cxx", ".c++", ".C"),
        *(".hpp", ".hh", ".hxx", ".h++", ".H", ".ipp", ".inl", ".tpp", ".txx", ".tcc"),
        *(".cppm", ".ixx", ".cu", ".cuh", ".ino"),
    ),
    lsp_ids=("c++", "cuda-cpp", "cuda", "arduino"),
    line_comment="//",
    grammar=grammar_of("tree_sitter_cpp"),
    query=_QUERY,
    keywords=_KEYWORDS,
    around=(Around("struct X {", "};"),),
    separator="::",
    declared_name=declared_name,
)
