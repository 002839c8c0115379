"""Tree-sitter queries for the local identifiers of a function.

Captures: ``@local`` declares a local name; ``@use`` is any identifier that may be a variable; ``@keep`` is a ``@use``
that is not a variable (an attribute, a method, a label, a type); ``@forbid`` is an identifier whose name is visible
outside the function, such as its keyword arguments and shorthand properties.
"""

_ECMASCRIPT = """
(identifier) @use
(variable_declarator name: (identifier) @local)
(arrow_function parameter: (identifier) @local)
(assignment_pattern left: (identifier) @local)
(array_pattern (identifier) @local)
(pair_pattern value: (identifier) @local)
(rest_pattern (identifier) @local)
(for_in_statement left: (identifier) @local)
(catch_clause parameter: (identifier) @local)
[(shorthand_property_identifier) (shorthand_property_identifier_pattern)] @forbid
(function_declaration name: (identifier) @forbid)
(import_specifier (identifier) @forbid)
(import_clause (identifier) @forbid)
"""

_JAVASCRIPT = (
    _ECMASCRIPT
    + """
(formal_parameters (identifier) @local)
(export_specifier (identifier) @forbid)
"""
)

_TYPESCRIPT = (
    _ECMASCRIPT
    + """
[(required_parameter pattern: (identifier) @local) (optional_parameter pattern: (identifier) @local)]
(required_parameter (accessibility_modifier) pattern: (identifier) @forbid)
(required_parameter "readonly" pattern: (identifier) @forbid)
(nested_identifier (identifier) @forbid)
"""
)

_C = """
(identifier) @use
(parameter_declaration declarator: (identifier) @local)
(pointer_declarator declarator: (identifier) @local)
(array_declarator declarator: (identifier) @local)
(parenthesized_declarator (identifier) @local)
(init_declarator declarator: (identifier) @local)
(declaration declarator: (identifier) @local)
(function_declarator declarator: (identifier) @forbid)
(preproc_def name: (identifier) @forbid)
(preproc_function_def name: (identifier) @forbid)
(enumerator name: (identifier) @forbid)
"""

RULES = {
    "python": """
(identifier) @use
(parameters [(identifier) @local (list_splat_pattern (identifier) @local)
  (dictionary_splat_pattern (identifier) @local)])
(default_parameter name: (identifier) @local)
(typed_parameter . [(identifier) @local (list_splat_pattern (identifier) @local)
  (dictionary_splat_pattern (identifier) @local)])
(typed_default_parameter name: (identifier) @local)
(lambda_parameters [(identifier) @local (list_splat_pattern (identifier) @local)
  (dictionary_splat_pattern (identifier) @local)])
(assignment left: (identifier) @local)
(pattern_list (identifier) @local)
(tuple_pattern (identifier) @local)
(list_pattern (identifier) @local)
(for_statement left: (identifier) @local)
(for_in_clause left: (identifier) @local)
(named_expression name: (identifier) @local)
(as_pattern_target (identifier) @local)
(attribute attribute: (identifier) @keep)
(keyword_argument name: (identifier) @keep)
(global_statement (identifier) @forbid)
(nonlocal_statement (identifier) @forbid)
(aliased_import alias: (identifier) @forbid)
(dotted_name (identifier) @forbid)
(function_definition name: (identifier) @forbid)
(class_definition name: (identifier) @forbid)
(class_definition body: (block (expression_statement (assignment left: (identifier) @forbid))))
""",
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "java": """
(identifier) @use
(formal_parameter name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(catch_formal_parameter name: (identifier) @local)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(enhanced_for_statement name: (identifier) @local)
(resource name: (identifier) @local)
(inferred_parameters (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(instanceof_expression name: (identifier) @local)
(method_declaration name: (identifier) @keep)
(constructor_declaration name: (identifier) @keep)
(method_invocation name: (identifier) @keep)
(field_access field: (identifier) @keep)
(method_reference (_) (identifier) @keep)
(labeled_statement . (identifier) @keep)
[(break_statement (identifier) @keep) (continue_statement (identifier) @keep)]
(element_value_pair key: (identifier) @keep)
(annotation name: (identifier) @keep)
(marker_annotation name: (identifier) @keep)
(scoped_identifier (identifier) @forbid)
(switch_label (identifier) @keep)
(field_declaration declarator: (variable_declarator name: (identifier) @forbid))
""",
    "csharp": """
(identifier) @use
(parameter name: (identifier) @local)
(implicit_parameter) @local
(implicit_parameter) @use
(variable_declarator name: (identifier) @local)
(foreach_statement left: (identifier) @local)
(catch_declaration name: (identifier) @local)
(declaration_pattern name: (identifier) @local)
(declaration_expression name: (identifier) @local)
(tuple_pattern (identifier) @local)
(method_declaration name: (identifier) @forbid)
(local_function_statement name: (identifier) @forbid)
(constructor_declaration name: (identifier) @forbid)
(property_declaration name: (identifier) @forbid)
(field_declaration (variable_declaration (variable_declarator name: (identifier) @forbid)))
(invocation_expression function: (identifier) @forbid)
(member_access_expression name: (identifier) @keep)
(member_binding_expression name: (identifier) @keep)
(generic_name (identifier) @keep)
(qualified_name (identifier) @forbid)
(argument name: (identifier) @keep)
(attribute name: (identifier) @keep)
(initializer_expression (assignment_expression left: (identifier) @keep))
(with_initializer (identifier) @keep)
(labeled_statement . (identifier) @keep)
(goto_statement (identifier) @keep)
(_ type: (identifier) @forbid)
(anonymous_object_creation_expression (identifier) @forbid)
(subpattern (identifier) @forbid)
""",
    "go": """
(identifier) @use
(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)
(const_spec name: (identifier) @local)
(range_clause left: (expression_list (identifier) @local))
(type_switch_statement alias: (expression_list (identifier) @local))
(function_declaration name: (identifier) @forbid)
(keyed_element key: (literal_element (identifier) @keep))
""",
    "c": _C,
    "cpp": _C
    + """
(optional_parameter_declaration declarator: (identifier) @local)
(reference_declarator (identifier) @local)
(for_range_loop declarator: (identifier) @local)
(structured_binding_declarator (identifier) @local)
(qualified_identifier name: (identifier) @keep)
(using_declaration (identifier) @forbid)
(template_function name: (identifier) @forbid)
""",
    "rust": """
(identifier) @use
(parameter pattern: (identifier) @local)
(let_declaration pattern: (identifier) @local)
(for_expression pattern: (identifier) @local)
(closure_parameters (identifier) @local)
(tuple_pattern (identifier) @local)
(ref_pattern (identifier) @local)
(mut_pattern (identifier) @local)
(reference_pattern (identifier) @local)
(tuple_struct_pattern type: (_) (identifier) @local)
(match_pattern . (identifier) @local .)
(captured_pattern . (identifier) @local)
(field_pattern pattern: (identifier) @local)
(function_item name: (identifier) @forbid)
(call_expression function: (identifier) @forbid)
(macro_invocation macro: (identifier) @keep)
(scoped_identifier (identifier) @keep)
(tuple_struct_pattern type: (identifier) @forbid)
(shorthand_field_initializer (identifier) @forbid)
(shorthand_field_identifier) @forbid
(attribute (identifier) @keep)
(const_item name: (identifier) @forbid)
(static_item name: (identifier) @forbid)
""",
    "php": """
(variable_name) @use
(variable_name) @local
(scoped_property_access_expression name: (variable_name) @keep)
(global_declaration (variable_name) @forbid)
(property_promotion_parameter name: (variable_name) @forbid)
(property_element name: (variable_name) @forbid)
""",
    "ruby": """
(identifier) @use
(method_parameters (identifier) @local)
(lambda_parameters (identifier) @local)
(block_parameters (identifier) @local)
(destructured_parameter (identifier) @local)
(optional_parameter name: (identifier) @local)
(splat_parameter name: (identifier) @local)
(hash_splat_parameter name: (identifier) @local)
(block_parameter name: (identifier) @local)
(assignment left: (identifier) @local)
(operator_assignment left: (identifier) @local)
(left_assignment_list (identifier) @local)
(exception_variable (identifier) @local)
(for pattern: (identifier) @local)
(keyword_parameter name: (identifier) @forbid)
(method name: (identifier) @keep)
(singleton_method name: (identifier) @keep)
(call method: (identifier) @keep)
[(alias (identifier) @forbid) (undef (identifier) @forbid)]
""",
}
"""The query for each language id."""

_WORDS = """
    amber anchor apple arrow aspen badge barrel basin beacon birch blaze bough bramble branch breeze
    brook bundle cabin candle canyon cedar chalk cliff clover cobalt copper coral cotton cradle crest
    crystal cypress daisy dune ember fable falcon feather fern fiddle flint fossil fountain garnet
    ginger glade granite grove harbor hazel heather heron hollow honey island ivory jasmine juniper
    kelp kettle ladder lantern laurel lemon linen lotus maple marble meadow mint mosaic nectar oak
    oasis olive onyx opal orchard otter paddle pebble pepper pine plum pond poplar prairie quarry quartz
    quill raven reed ribbon ridge river robin ruby saddle saffron sage sail sand shell silver slate
    sparrow spruce stone summit thistle thorn timber topaz tulip valley velvet violet walnut willow wren
    zephyr
"""

WORDS = tuple(_WORDS.split())
"""Neutral names that say nothing about what a function does; single words, so that they show no naming style."""
