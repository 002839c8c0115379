"""TypeScript and TSX: two grammars, one query."""

from dataclasses import replace

from codeorigin.languages.javascript import KEYWORDS, OBJECT, SHARED_QUERY, VALUE
from codeorigin.languages.language import CLASS, Language, grammar_of, words

_QUERY = f"""{SHARED_QUERY}
(public_field_definition name: (_) @name value: {VALUE}) @function
(public_field_definition name: (_) @scope.name value: [(object) (class !name)]) @scope
(variable_declarator name: (identifier) @scope.name
  value: [(as_expression (object)) (satisfies_expression (object))]) @scope
(abstract_class_declaration name: (_) @scope.name) @scope
(internal_module name: (_) @scope.name) @scope
(module name: (_) @scope.name) @scope
"""

_KEYWORDS = KEYWORDS | words(
    "abstract any as boolean declare enum implements interface is keyof never number object private protected "
    "public readonly string type unknown"
)

TYPESCRIPT = Language(
    id="typescript",
    name="TypeScript",
    model_language="typescript",
    extensions=(".ts", ".mts", ".cts"),
    lsp_ids=("ts",),
    line_comment="//",
    grammar=grammar_of("tree_sitter_typescript", "language_typescript"),
    query=_QUERY,
    keywords=_KEYWORDS,
    around=(CLASS, OBJECT),
    fields_alone=True,
)

TSX = replace(
    TYPESCRIPT,
    id="tsx",
    name="TypeScript JSX",
    extensions=(".tsx",),
    lsp_ids=("typescriptreact",),
    grammar=grammar_of("tree_sitter_typescript", "language_tsx"),
)
