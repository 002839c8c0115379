"""Rust."""

from codeorigin.languages.language import Language, grammar_of, words

_QUERY = """
(function_item name: (_) @name body: (_) @body) @function
(let_declaration pattern: (identifier) @name value: (closure_expression body: (_) @body)) @function
(const_item name: (_) @name value: (closure_expression body: (_) @body)) @function
(static_item name: (_) @name value: (closure_expression body: (_) @body)) @function
(assignment_expression left: (identifier) @name right: (closure_expression body: (_) @body)) @function
(assignment_expression left: (field_expression value: _ @owner field: (_) @name)
  right: (closure_expression body: (_) @body)) @function

(impl_item type: [(type_identifier) (primitive_type) (scoped_type_identifier)] @scope.name) @scope
(impl_item type: (generic_type type: (_) @scope.name)) @scope
(impl_item type: (reference_type type: (type_identifier) @scope.name)) @scope
(impl_item type: (reference_type type: (generic_type type: (_) @scope.name))) @scope
(trait_item name: (_) @scope.name) @scope
(mod_item name: (_) @scope.name) @scope

(expression_statement (assignment_expression right: (closure_expression)) @wrapped) @wrapper
(attribute_item) @attribute
[(line_comment) (block_comment)] @comment
"""

_KEYWORDS = words(
    "Err None Ok Option Result Self Some String Vec as async await bool break const continue crate dyn else "
    "enum extern false fn for if impl in let loop match mod move mut pub ref return self static str struct "
    "super trait true type u32 u64 u8 unsafe use usize where while"
)

RUST = Language(
    id="rust",
    name="Rust",
    model_language="rust",
    extensions=(".rs",),
    lsp_ids=("rs",),
    line_comment="//",
    grammar=grammar_of("tree_sitter_rust"),
    query=_QUERY,
    keywords=_KEYWORDS,
    raising_calls=words("panic bail Err"),
    separator="::",
)
