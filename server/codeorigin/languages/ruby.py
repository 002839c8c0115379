"""Ruby."""

import re

from codeorigin.languages.language import Language, Wrapping, grammar_of, words

_QUERY = """
(method name: (_) @name) @function
(singleton_method name: (_) @name (#set! separator ".")) @function
(call !receiver method: (identifier) @_method
  arguments: (argument_list . [(simple_symbol) (string)] @name .)
  block: (_) @body
  (#any-of? @_method "define_method" "define_singleton_method")) @function
(assignment left: (constant) @name right: (lambda body: (_) @body) (#set! separator "::")) @function
(assignment left: [(identifier) (instance_variable) (class_variable) (global_variable)] @name
  right: (lambda body: (_) @body)) @function
(assignment left: (constant) @name right: (call !receiver method: (identifier) @_method block: (_) @body)
  (#any-of? @_method "lambda" "proc") (#set! separator "::")) @function
(assignment left: [(identifier) (instance_variable) (class_variable) (global_variable)] @name
  right: (call !receiver method: (identifier) @_method block: (_) @body)
  (#any-of? @_method "lambda" "proc")) @function
(assignment left: (_) @name
  right: (call receiver: (constant) @_receiver method: (identifier) @_method block: (_) @body)
  (#eq? @_receiver "Proc") (#eq? @_method "new")) @function
(pair key: [(hash_key_symbol) (simple_symbol) (string)] @name value: (lambda body: (_) @body)) @function
(pair key: [(hash_key_symbol) (simple_symbol) (string)] @name
  value: (call !receiver method: (identifier) @_method block: (_) @body)
  (#any-of? @_method "lambda" "proc")) @function

(class name: (_) @scope.name (#set! separator "::") (#set! member "#")) @scope
(module name: (_) @scope.name (#set! separator "::") (#set! member "#")) @scope
(singleton_class (#set! member ".")) @scope
(assignment left: (constant) @scope.name
  right: (call receiver: (constant) @_receiver method: (identifier) @_method block: (_))
  (#any-of? @_receiver "Struct" "Class" "Module" "Data") (#any-of? @_method "new" "define")
  (#set! separator "::") (#set! member "#")) @scope

(call !receiver method: (identifier) @_modifier
  arguments: (argument_list . [(method) (singleton_method)] @wrapped .)
  (#any-of? @_modifier "private" "protected" "public" "module_function" "private_class_method"
    "public_class_method" "memoize")) @wrapper
(comment) @comment
"""

_HASH = Wrapping(
    "x = {",
    "}",
    begins=re.compile(rb"[^\W\d]\w*+[?!]?:\s|(?::\w++[?!]?|\"[^\"\n]*+\"|'[^'\n]*+')\s*+=>"),
)

_KEYWORDS = words(
    "alias and attr_accessor attr_reader begin break case class def defined do each else elsif end ensure "
    "false for if in lambda module next nil not or private proc protected public raise redo require rescue "
    "retry return self super then true undef unless until when while yield"
)

RUBY = Language(
    id="ruby",
    name="Ruby",
    model_language="ruby",
    extensions=(".rb", ".rake", ".gemspec", ".ru", ".podspec", ".rbw", ".jbuilder", ".thor"),
    filenames=(
        *("Rakefile", "Gemfile", "Guardfile", "Vagrantfile", "Podfile", "Fastfile", "Brewfile"),
        *("Capfile", "Berksfile", "Dangerfile", "Appraisals", "Thorfile", "rakefile"),
    ),
    lsp_ids=("rb",),
    line_comment="#",
    block_end="end",
    name_mark=":",
    grammar=grammar_of("tree_sitter_ruby"),
    query=_QUERY,
    keywords=_KEYWORDS,
    raising_calls=words("raise fail"),
    around=(_HASH,),
)
