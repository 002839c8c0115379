"""Node types by purpose, in one table for all grammars, whose names differ little."""

from codeorigin.languages.language import words

FUNCTIONS = words(
    "function_definition function_declaration generator_function_declaration generator_function function_expression "
    "arrow_function method_definition method_declaration constructor_declaration compact_constructor_declaration "
    "destructor_declaration operator_declaration local_function_statement function_item func_literal method "
    "singleton_method anonymous_function closure_expression lambda_expression"
)
"""Their children before the field ``body`` are a signature."""

CALLS = words(
    "call call_expression new_expression method_invocation object_creation_expression invocation_expression "
    "macro_invocation function_call_expression member_call_expression nullsafe_member_call_expression "
    "scoped_call_expression explicit_constructor_invocation"
)

ERROR_NODES = words(
    "except_clause except_group_clause finally_clause raise_statement catch_clause throw_statement throw_expression "
    "rescue ensure rescue_modifier retry seh_except_clause seh_finally_clause"
)
"""All of such a node is error handling, including its body; of a ``try`` statement, only the keyword is."""

LITERALS = words(
    "string concatenated_string template_string string_array symbol_array bare_string encapsed_string heredoc nowdoc "
    "heredoc_body heredoc_beginning chained_string interpolated_string_expression regex number integer float true "
    "false null nil none character char_literal simple_symbol delimited_symbol hash_key_symbol jsx_text "
    "subshell uninterpreted text_interpolation ellipsis"
)
"""In addition to all types whose name ends in ``_literal``."""

TYPES = words(
    "type type_annotation type_arguments type_parameters type_argument_list type_parameter_list primitive_type "
    "predefined_type sized_type_specifier type_identifier generic_type array_type slice_type map_type pointer_type "
    "channel_type qualified_type scoped_type_identifier integral_type floating_point_type boolean_type void_type "
    "nullable_type implicit_type reference_type tuple_type named_type union_type optional_type type_descriptor "
    "type_qualifier placeholder_type_specifier template_type struct_type interface_type function_type cast_type "
    "dynamic_type abstract_type"
)

CONTROL_WORDS = words(
    "if else elif elsif elseif for foreach while do until unless loop switch case default match when then break "
    "continue return yield goto fallthrough select next redo pass endif endfor endforeach endwhile endswitch"
)

OPERATOR_WORDS = words("and or not in is instanceof typeof end begin sizeof xor as")

COMPOSITES = frozenset({"composite_literal", "class_literal", "list_literal"})
"""Literals only by name, since their parts are expressions."""

VARIABLES = frozenset({"variable_name", "instance_variable", "class_variable", "global_variable"})
"""Names with a prefix sign."""
