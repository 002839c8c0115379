"""PHP."""

import re

from codeorigin.languages.language import Language, Wrapping, grammar_of, words

_QUERY = """
(function_definition name: (_) @name body: (_) @body) @function
(method_declaration name: (_) @name body: (_) @body) @function
(property_hook (name) @name body: (_) @body) @function
(assignment_expression left: (variable_name) @name
  right: [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)]) @function
(assignment_expression left: (member_access_expression object: _ @owner name: (_) @name)
  right: [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)]) @function
(assignment_expression left: (scoped_property_access_expression scope: _ @owner name: (_) @name)
  right: [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)]) @function
(array_element_initializer . [(string) (encapsed_string)] @name
  [(anonymous_function body: (_) @body) (arrow_function body: (_) @body)]) @function

(namespace_definition name: (_) @scope.name body: (_) (#set! separator "\\\\")) @scope
(namespace_definition name: (_) @scope.name !body (#set! separator "\\\\") (#set! scope "file")) @scope
(class_declaration name: (_) @scope.name) @scope
(interface_declaration name: (_) @scope.name) @scope
(trait_declaration name: (_) @scope.name) @scope
(enum_declaration name: (_) @scope.name) @scope
(property_declaration (property_element name: (_) @scope.name) (property_hook_list)) @scope

(expression_statement (assignment_expression
  right: [(anonymous_function) (arrow_function)]) @wrapped) @wrapper
(attribute_list) @attribute
(comment) @comment
"""

# Each requires a particular beginning; otherwise any page with code in it would be parsed again.
_CLASS = Wrapping(
    "class X {",
    "}",
    begins=re.compile(
        rb"#\[|(?:public|protected|private|static|abstract|final|readonly|var|function|const|use|case)\b",
        re.IGNORECASE,
    ),
)
_PROPERTY = Wrapping(
    "class X { public $x {",
    "}}",
    begins=re.compile(rb"(?:#\[[^\]]*+\]\s*+|final\s++)*+&?\s*+(?:get|set)\s*+[{=(]", re.IGNORECASE),
    names=frozenset({b"get", b"set"}),
)
_ARRAY = Wrapping("$x = [", "];", begins=re.compile(rb"(?:'[^'\n]*+'|\"[^\"\n]*+\")\s*+=>"))

_KEYWORDS = words(
    "abstract and array as bool break callable case catch class clone const continue declare default do echo "
    "else elseif empty extends false final finally fn for foreach function global if implements instanceof int "
    "interface isset list match namespace new null or parent private protected public readonly return self "
    "static string switch this throw trait true try unset use var void while yield"
)

PHP = Language(
    id="php",
    name="PHP",
    model_language="php",
    extensions=(".php", ".phtml", ".php3", ".php4", ".php5", ".php7", ".php8"),
    filenames=("artisan",),
    line_comment="//",
    grammar=grammar_of("tree_sitter_php", "language_php"),
    fragment_grammar=grammar_of("tree_sitter_php", "language_php_only"),
    fragment_unless="<?",
    query=_QUERY,
    keywords=_KEYWORDS,
    around=(_CLASS, _PROPERTY, _ARRAY),
    separator="::",
)
