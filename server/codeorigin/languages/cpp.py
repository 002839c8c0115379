"""C++, and which headers are written in it."""

import re

from codeorigin.languages.c import KEYWORDS
from codeorigin.languages.declarators import declared_name
from codeorigin.languages.language import Language, Wrapping, grammar_of, words

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

_IN_HEADERS = re.compile(
    r"^[ \t]*(?:class\s+(?!\w+\s*;\s*@)\w|namespace\b|template\s*<|using\s+\w|(?:public|private|protected)\s*:)"
    r"|\b(?:std::|constexpr\b|noexcept\b|nullptr\b|virtual\s+\w|typename\s|static_cast\s*<|operator\s*[-+=<>\[(*&|!~])"
    r"|\bstruct\s+\w+\s*(?:final\s*)?:\s*(?:public\s+)?\w|\bconst\s+[\w:]+\s*&\s*\w"
    r"|[\w\])]\s*\([^(){};]*\)\s*(?:const\s*)?(?:override|final)\b|\b\w+::\w+\s*\(|=\s*(?:default|delete)\s*;",
    re.MULTILINE,
)
_OBJECTIVE_C = re.compile(
    r"^[ \t]*(?:@(?:interface|protocol|class|end|import)\b|#[ \t]*import\b)", re.MULTILINE
)
_BESIDE_CODE = re.compile(
    r'//[^\n]*+|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*+"?+|^[ \t]*+#[^\n]*+', re.DOTALL | re.MULTILINE
)


def is_cpp_header(text: str) -> bool:
    """Whether a header called ``.h`` is in C++, by words that neither C nor Objective-C has in their headers."""
    if _OBJECTIVE_C.search(text):
        return False
    return _IN_HEADERS.search(_BESIDE_CODE.sub(" ", text)) is not None


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
    around=(Wrapping("struct X {", "};"),),
    separator="::",
    declared_name=declared_name,
)
