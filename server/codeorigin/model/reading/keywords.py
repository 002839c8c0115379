"""Reserved words of every supported language, which are kept as is when identifiers are reduced to shapes."""

_C = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long "
    "register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while "
    "bool NULL true false"
)
_JAVASCRIPT = (
    "async await break case catch class const continue debugger default delete do else export extends false finally "
    "for from function get if import in instanceof let new null of return set static super switch this throw true try "
    "typeof undefined var void while with yield"
)

_WORDS = {
    "python": (
        "False None True and as assert async await break class continue def del elif else except finally for from "
        "global if import in is lambda match nonlocal not or pass raise return self cls try while with yield"
    ),
    "javascript": _JAVASCRIPT,
    "typescript": (
        f"{_JAVASCRIPT} abstract any as boolean declare enum implements interface is keyof never number object "
        "private protected public readonly string type unknown"
    ),
    "java": (
        "abstract assert boolean break byte case catch char class const continue default do double else enum extends "
        "final finally float for if implements import instanceof int interface long native new null package private "
        "protected public record return short static super switch synchronized this throw throws transient true false "
        "try var void volatile while yield"
    ),
    "go": (
        "append bool break byte case chan const continue default defer else err error fallthrough false float64 for "
        "func go goto if import int int64 interface len make map nil package panic range return select string struct "
        "switch true type uint var"
    ),
    "c": _C,
    "cpp": (
        f"{_C} catch class constexpr decltype delete explicit final friend mutable namespace new noexcept nullptr "
        "operator override private protected public static_cast std template this throw try typename using virtual"
    ),
    "csharp": (
        "abstract as async await base bool break byte case catch char class const continue decimal default delegate do "
        "double else enum event explicit false finally float for foreach get if implicit in int interface internal is "
        "lock long nameof namespace new null object out override params private protected public readonly ref return "
        "sealed set short static string struct switch this throw true try typeof uint using var virtual void when while "
        "yield"
    ),
    "rust": (
        "Err None Ok Option Result Self Some String Vec as async await bool break const continue crate dyn else enum "
        "extern false fn for if impl in let loop match mod move mut pub ref return self static str struct super trait "
        "true type u32 u64 u8 unsafe use usize where while"
    ),
    "php": (
        "abstract and array as bool break callable case catch class clone const continue declare default do echo else "
        "elseif empty extends false final finally fn for foreach function global if implements instanceof int interface "
        "isset list match namespace new null or parent private protected public readonly return self static string "
        "switch this throw trait true try unset use var void while yield"
    ),
    "ruby": (
        "alias and attr_accessor attr_reader begin break case class def defined do each else elsif end ensure false for "
        "if in lambda module next nil not or private proc protected public raise redo require rescue retry return self "
        "super then true undef unless until when while yield"
    ),
}

KEYWORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _WORDS.items()
}
"""Model language -> its reserved words, and built-in names that are used like them."""
