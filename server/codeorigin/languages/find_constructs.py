"""Finds the construct that each character of code belongs to with the syntax tree, even in broken code."""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tree_sitter import Node, Parser

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.languages import get_language
from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.language import Language, words
from codeorigin.languages.members import WrappedText, as_members, possible_surroundings
from codeorigin.languages.parse import parseable
from codeorigin.languages.parser_pool import bounded

Codes = npt.NDArray[np.int8]

_CODE = {construct: code for code, construct in enumerate(CONSTRUCTS)}
_NONE = -1
# Everything inside these belongs to them, except that comments take precedence.
_CLOSED = (Construct.COMMENT, Construct.DOCSTRING, Construct.ERROR_HANDLING, Construct.SIGNATURE)
_OPENED_AGAIN = frozenset({"interpolation", "template_substitution", "string_interpolation"})
_CALLEE_FIELDS = ("function", "method", "constructor", "macro", "name", "type")
_NAME_FIELDS = ("attribute", "property", "field", "name", "function")
_ARGUMENTS = frozenset({"argument_list", "arguments", "token_tree"})
_GO_ERROR = re.compile(rb"\berr\w*\s*[!=]=\s*nil|errors\.(?:Is|As)\(")
_DOCUMENTATION = (b"/**", b"///", b"//!", b"/*!")

# Node types by purpose, for all grammars, whose names differ little.
_FUNCTIONS = words(
    "function_definition function_declaration generator_function_declaration generator_function function_expression "
    "arrow_function method_definition method_declaration constructor_declaration compact_constructor_declaration "
    "destructor_declaration operator_declaration local_function_statement function_item func_literal method "
    "singleton_method anonymous_function closure_expression lambda_expression"
)
"""Their children before the field ``body`` are a signature."""

_CALLS = words(
    "call call_expression new_expression method_invocation object_creation_expression invocation_expression "
    "macro_invocation function_call_expression member_call_expression nullsafe_member_call_expression "
    "scoped_call_expression explicit_constructor_invocation"
)

_ERROR_NODES = words(
    "except_clause except_group_clause finally_clause raise_statement catch_clause throw_statement throw_expression "
    "rescue ensure rescue_modifier retry seh_except_clause seh_finally_clause"
)
"""All of such a node is error handling, including its body; of a ``try`` statement, only the keyword is."""

_LITERALS = words(
    "string concatenated_string template_string string_array symbol_array bare_string encapsed_string heredoc nowdoc "
    "heredoc_body heredoc_beginning chained_string interpolated_string_expression regex number integer float true "
    "false null nil none character char_literal simple_symbol delimited_symbol hash_key_symbol jsx_text "
    "subshell uninterpreted text_interpolation ellipsis"
)
"""In addition to all types whose name ends in ``_literal``."""

_TYPES = words(
    "type type_annotation type_arguments type_parameters type_argument_list type_parameter_list primitive_type "
    "predefined_type sized_type_specifier type_identifier generic_type array_type slice_type map_type pointer_type "
    "channel_type qualified_type scoped_type_identifier integral_type floating_point_type boolean_type void_type "
    "nullable_type implicit_type reference_type tuple_type named_type union_type optional_type type_descriptor "
    "type_qualifier placeholder_type_specifier template_type struct_type interface_type function_type cast_type "
    "dynamic_type abstract_type"
)

_CONTROL_WORDS = words(
    "if else elif elsif elseif for foreach while do until unless loop switch case default match when then break "
    "continue return yield goto fallthrough select next redo pass endif endfor endforeach endwhile endswitch"
)

_OPERATOR_WORDS = words("and or not in is instanceof typeof end begin sizeof xor as")

_COMPOSITES = frozenset({"composite_literal", "class_literal", "list_literal"})
"""Literals only by name, since their parts are expressions."""

_VARIABLES = frozenset({"variable_name", "instance_variable", "class_variable", "global_variable"})
"""Names with a prefix sign."""


def character_constructs(code: str, language: str, cancel: CancelToken = NEVER) -> Codes:
    """Index into :data:`CONSTRUCTS` of every character, int8 ``(len(code),)``; nothing here is ``LAYOUT``.

    ``code`` is a function or any other piece of code, ``language`` an id or a model language. A blank belongs to what
    precedes it. A method without its class is read as it would be inside the class. Raises ParseBudgetError.
    """
    return bounded(_constructs, code, language, cancel)


def syntax_constructs(code: str, language: str) -> Codes:
    """:func:`character_constructs` by syntax alone: what a signature or the handling of an error is made of."""
    return bounded(_syntax, code, language)


def _syntax(code: str, language: str) -> Codes:
    return _constructs(code, language, by_role=False)


def _constructs(code: str, language: str, *, by_role: bool = True) -> Codes:
    data = parseable(code)
    best = read_piece(data, get_language(language))
    painted = _Painter(best.members.data, language, by_role=by_role).paint(best.root)
    return _filled(_without(best.members, painted, len(data)))[_character_starts(code)]


class ParsedPiece(NamedTuple):
    """A tree, and the text that it is of: a piece of code, maybe in surroundings that it needs."""

    members: WrappedText
    root: Node


def read_piece(data: bytes, known: Language) -> ParsedPiece:
    """The tree of a function, or of another piece of code, in the surroundings that leave the fewest bytes unparsed."""
    best, fewest = _read(WrappedText(data, 0, 0, len(data), frozenset()), known)
    # If it may be a piece of something, use the surroundings in which it parses without an error, or with the fewest.
    for around in possible_surroundings(best.root, data, known, found=False):
        reading, errors = _read(as_members(data, b"", known, around), known)
        if not errors or errors < fewest:
            best, fewest = reading, errors
        if not errors:
            break
    return best


def _read(members: WrappedText, language: Language) -> tuple[ParsedPiece, int]:
    """The tree by the grammar of the language that leaves the fewest bytes unparsed, and how many these are."""
    best: tuple[ParsedPiece, int] | None = None
    for name in ("typescript", "tsx") if language.id == "typescript" else (language.id,):
        root = Parser(get_language(name).grammar_for(members.data)).parse(members.data).root_node
        errors = _error_bytes(root) if root.has_error else 0
        if best is None or errors < best[1]:
            best = ParsedPiece(members, root), errors
        if not errors:
            break
    assert best is not None
    return best


def _without(reading: WrappedText, painted: Codes, length: int) -> Codes:
    """The part of ``painted`` for the text itself, ``(length,)``; what is left out at its end stays unset."""
    found = np.full(length, _NONE, dtype=np.int8)
    start, behind = reading.start, reading.start + reading.added
    found[:start] = painted[:start]
    found[start : reading.end - reading.added] = painted[behind : reading.end]
    return found


def _error_bytes(root: Node) -> int:
    """Number of bytes that the grammar could not parse, plus one for each token that it had to insert."""
    found = 0
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error:
            found += max(node.end_byte - node.start_byte, 1)
        elif node.is_missing:
            found += 1
        elif node.has_error:
            stack.extend(node.children)
    return found


def _character_starts(code: str) -> npt.NDArray[np.int64]:
    """The offset of the UTF-8 byte at which each character of ``code`` starts."""
    points = np.frombuffer(code.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    return np.cumsum(sizes) - sizes


def _filled(codes: Codes) -> Codes:
    """``codes`` with each gap filled by what precedes it; a gap at the start is punctuation."""
    places = np.where(codes == _NONE, -1, np.arange(len(codes)))
    last = np.maximum.accumulate(places) if len(places) else places
    return np.where(last < 0, _CODE[Construct.PUNCTUATION], codes[last]).astype(np.int8)


class _Painter:
    """Assigns constructs to the ranges of a tree's nodes, outer ones first; by syntax alone unless ``by_role``."""

    def __init__(self, data: bytes, language: str, *, by_role: bool) -> None:
        self._data, self._by_role = data, by_role
        known = get_language(language)
        self._language, self._raising_calls = known.model_language, known.raising_calls
        self._codes = np.full(len(data), _NONE, dtype=np.int8)
        self._named: dict[int, Construct] = {}

    def paint(self, root: Node) -> Codes:
        # A stack, not recursion: nesting may be deep.
        stack: list[tuple[Node, Construct | None]] = [(root, None)]
        while stack:
            node, around = stack.pop()
            inside = self._inside(node, around)
            if inside is not None:
                self._codes[node.start_byte : node.end_byte] = _CODE[inside]
            if node.child_count == 0:
                if inside is None:
                    self._codes[node.start_byte : node.end_byte] = _CODE[self._leaf(node)]
                continue
            children = self._children(node, inside)
            stack.extend(reversed(children))
        return self._codes

    def _inside(self, node: Node, around: Construct | None) -> Construct | None:
        """The construct that all of ``node`` belongs to, or None if its parts decide."""
        kind = node.type
        if "comment" in kind and around is not Construct.DOCSTRING:
            return self._comment(node)
        if around in _CLOSED:
            return around
        named = self._named.pop(node.id, None)
        if named is None and self._by_role and self._handles_errors(node):
            named = Construct.ERROR_HANDLING
        if named is not None:
            return named
        if kind in _OPENED_AGAIN:
            return None
        return around or _of_type(kind)

    def _comment(self, node: Node) -> Construct:
        # "/**/" and "////" document nothing.
        long = node.end_byte - node.start_byte > 4
        documents = long and self._data.startswith(_DOCUMENTATION, node.start_byte)
        return Construct.DOCSTRING if documents else Construct.COMMENT

    def _handles_errors(self, node: Node) -> bool:
        kind = node.type
        return kind in _ERROR_NODES or (kind in _CALLS and self._raises(node)) or self._is_error_check(node)

    def _children(self, node: Node, inside: Construct | None) -> list[tuple[Node, Construct | None]]:
        children = node.children
        if inside in _CLOSED:
            return [(child, inside) for child in children]
        body = node.child_by_field_name("body") if node.type in _FUNCTIONS else None
        if node.type in {"function_definition", "class_definition"} and body is not None:
            self._docstring(body)
        if node.type in _CALLS and (callee := _callee(node)) is not None:
            self._named[callee.id] = Construct.CALL
        found: list[tuple[Node, Construct | None]] = []
        before = self._by_role and node.type in _FUNCTIONS
        for child in children:
            if body is not None and child.id == body.id:
                before = False
            if before:
                found.append((child, Construct.SIGNATURE))
            elif not child.is_named and inside is None and node.type in _ARGUMENTS:
                found.append((child, Construct.CALL))
            else:
                found.append((child, inside))
        return found

    def _docstring(self, body: Node) -> None:
        if self._language != "python":
            return
        first = next((child for child in body.named_children if child.type != "comment"), None)
        if first is not None and first.type == "expression_statement" and first.named_child_count == 1:
            text = first.named_children[0]
            if text.type in {"string", "concatenated_string"}:
                self._named[text.id] = Construct.DOCSTRING

    def _raises(self, node: Node) -> bool:
        callee = _callee(node)
        if callee is None:
            return False
        return (
            self._data[callee.start_byte : callee.end_byte].decode("utf-8", "replace") in self._raising_calls
        )

    def _is_error_check(self, node: Node) -> bool:
        if self._language != "go" or node.type != "if_statement":
            return False
        condition = node.child_by_field_name("condition")
        return condition is not None and bool(
            _GO_ERROR.search(self._data, node.start_byte, condition.end_byte)
        )

    def _leaf(self, node: Node) -> Construct:
        kind = node.type
        if node.is_named:
            if "identifier" in kind or kind in {"name", "constant", "variable_name", "word"}:
                return Construct.NAME
            kind = self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if self._by_role and (kind == "try" or (kind == "?" and self._language == "rust")):
            return Construct.ERROR_HANDLING
        if kind in _CONTROL_WORDS:
            return Construct.CONTROL_FLOW
        if kind in _OPERATOR_WORDS or not kind[:1].isalpha():
            return Construct.PUNCTUATION
        return Construct.KEYWORD


def _of_type(kind: str) -> Construct | None:
    if kind in _LITERALS or (kind.endswith("_literal") and kind not in _FUNCTIONS | _COMPOSITES):
        return Construct.LITERAL
    if kind in _VARIABLES:
        return Construct.NAME
    return Construct.TYPE if kind in _TYPES else None


def _callee(node: Node) -> Node | None:
    """The leaf that names the callee of a call, or None if that is the result of an expression."""
    found: Node | None = next(
        (child for name in _CALLEE_FIELDS if (child := node.child_by_field_name(name)) is not None), None
    )
    if found is None and node.type == "object_creation_expression":
        found = next(iter(node.named_children), None)
    while found is not None and found.child_count:
        inner = next(
            (child for name in _NAME_FIELDS if (child := found.child_by_field_name(name)) is not None), None
        )
        if inner is None and found.type in {"generic_name", "generic_type"}:
            inner = found.children[0]
        if inner is None:
            return None
        found = inner
    return found
