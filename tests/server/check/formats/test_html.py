"""The page: well-formed, self-contained and without active content."""

from collections.abc import Callable, Mapping
from html.parser import HTMLParser

from codeorigin.check.formats import html
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Band, Verdict

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects the text of a page and fails on tags that do not match."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def test_page_shows_functions_verdicts_and_the_code_of_findings(make_result: MakeResult) -> None:
    page = Page(html.render(make_result()))
    assert {"fast", "Shelf.put", "Shelf.put.log", "tiny"} <= {word.strip() for word in page.words}
    assert "0.97" in page.text
    assert "too short" in page.text
    assert "@functools.cache\ndef fast(n):\n    return n if n < 2 else" in page.text
    assert "self.books.append" not in page.text
    assert "A probability is an estimate" in page.text


def test_page_loads_and_runs_nothing(make_result: MakeResult) -> None:
    page = Page(html.render(make_result()))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onload", "onclick"} & {name for name, _ in page.attributes}


def test_names_and_code_are_escaped(make_file: MakeFile, make_result: MakeResult) -> None:
    hostile = 'def fast():\n    return "</pre><script>alert(1)</script>\u202e"\n'
    file = make_file('<img src=x onerror="alert(1)">&.py', hostile)
    errors = (FileError("<b>", "<i>&"),)
    page = Page(html.render(make_result((file,), errors=errors)))
    assert not {"script", "img", "b", "i"} & set(page.tags)
    assert '<img src=x onerror="alert(1)">&.py' in page.text
    assert "</pre><script>alert(1)</script>\\u202e" in page.text
    assert "<b>: <i>&" in page.text


def test_code_keeps_its_indentation(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict]
) -> None:
    source = "class A:\r\n\tdef fast(self):\r\n\t\treturn 1\r\n"
    file = make_file("a.py", source, {"A.fast": verdicts[Band.LLM]})
    page = Page(html.render(make_result((file,))))
    assert "    def fast(self):\n        return 1" in page.text


def test_file_without_functions_says_so(make_file: MakeFile, make_result: MakeResult) -> None:
    empty = make_file("empty.py", "x = 1\n", {})
    assert "No functions." in Page(html.render(make_result((empty,)))).text


def test_page_mentions_the_influence_of_the_file(
    make_file: MakeFile, make_result: MakeResult, in_file: Verdict
) -> None:
    sentence = "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
    found = Page(html.render(make_result((make_file(verdicts={"fast": in_file}),))))
    # In plain view above the code of a finding, and as the title of two cells.
    assert [word for word in found.words if "own text" in word] == [sentence]
    assert found.attributes.count(("title", sentence)) == 2
    other = Page(html.render(make_result((make_file(verdicts={"fast": in_file}),), threshold=0.98)))
    assert "own text" not in other.text
    assert other.attributes.count(("title", sentence)) == 2
    assert "own text" not in html.render(make_result())


def test_file_verdict_is_shown(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict]
) -> None:
    llm = make_file("odd.py", verdicts={}, whole=file_verdicts[Band.LLM])
    assert "The file as a whole, 7 functions: 0.96, llm" in Page(html.render(make_result((llm,)))).text
    assert "as a whole" not in html.render(make_result())
