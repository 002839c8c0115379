"""The page: well-formed, self-contained and without active content."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from codeorigin.check.formats import html
from codeorigin.check.result import FileError
from support.check_results import CODE, IN_FILE, LLM, LLM_FILE, check_result, checked_file

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects the text of a page and fails on tags that do not match."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()
        self.text = "".join(self.words)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_page_shows_functions_verdicts_and_the_code_of_findings_and_runs_nothing() -> None:
    source = html.render(check_result(checked_file()))
    page = Page(source)
    assert {"fast", "Shelf.put", "tiny"} <= set(page.words)
    assert "Shelf.put.log" not in page.text, "judged as part of the function around it"
    assert "0.97" in page.text
    assert "too short" in page.text
    assert '<span class="line llm h7" title="+0.70"><i>     5</i> def fast(n):</span>' in source
    assert '<span class="line human h5" title="-0.40"><i>     4</i> @functools.cache</span>' in source
    assert "self.books.append" not in page.text
    assert "A probability is an estimate" in page.text
    assert not {"script", "link", "img", "iframe", "object"} & page.tags
    assert not {"src", "href", "onload", "onclick"} & {name for name, _ in page.attributes}


def test_names_and_code_are_escaped() -> None:
    hostile = 'def fast():\n    return "</pre><script>alert(1)</script>\u202e"\n'
    file = checked_file('<img src=x onerror="alert(1)">&.py', hostile)
    page = Page(html.render(check_result(file, errors=(FileError("<b>", "<i>&"),))))
    assert not {"script", "img"} & page.tags
    assert ("onerror", "alert(1)") not in page.attributes
    assert '<img src=x onerror="alert(1)">&.py' in page.text
    assert "</pre><script>alert(1)</script>\\u202e" in page.text
    assert "<b>: <i>&" in page.text


def test_code_keeps_its_indentation() -> None:
    source = "class A:\r\n\tdef fast(self):\r\n\t\treturn 1\r\n"
    page = Page(html.render(check_result(checked_file("a.py", source, {"A.fast": LLM}))))
    assert {"     def fast(self):", "         return 1"} <= set(page.words)


def test_files_with_the_most_findings_come_first_and_files_without_functions_not_at_all() -> None:
    worse = checked_file("b.py", verdicts={"fast": LLM, "Shelf.put": LLM})
    page = html.render(check_result(checked_file("a.py"), worse, checked_file("empty.py", "x = 1\n", {})))
    boxes = re.findall(r'<details class="box"( open)?><summary><code>(.*?)<', page)
    assert boxes == [(" open", "b.py"), ("", "a.py")]


def test_same_function_in_two_files_has_the_lines_of_each() -> None:
    page = html.render(check_result(checked_file("a.py"), checked_file("b.py", "\n" * 90 + CODE)))
    assert "<i>     5</i> def fast(n):" in page
    assert "<i>    95</i> def fast(n):" in page


def test_page_on_5_000_functions_is_small() -> None:
    names = [f"normalized_measurement_{number}" for number in range(25)]
    body = "".join(f"    total = total * {line} + values[{line}]  # of the sum\n" for line in range(28))
    text = "\n".join(f"def {name}(values, limit=10):\n{body}    return total\n" for name in names)
    file = checked_file("m.py", text, dict.fromkeys(names, LLM))
    sources = (replace(file.source, path=f"src/package/measurements/module_{n}.py") for n in range(200))
    files = (replace(file, source=source) for source in sources)
    page = html.render(check_result(*files))
    assert page.count(f">{names[0]}<") == 200
    assert page.count("<pre>") > 100
    assert len(page.encode()) < 1_500_000, len(page.encode())


def test_page_mentions_the_influence_of_the_file_and_its_verdict() -> None:
    page = Page(html.render(check_result(checked_file(verdicts={"fast": IN_FILE}))))
    said = "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
    assert said in page.text
    page = Page(html.render(check_result(checked_file("odd.py", verdicts={}, whole=LLM_FILE))))
    assert "0 of 3 functions llmThe file as a whole, 7 functions: 0.96, llm" in page.text
    page = Page(html.render(check_result(checked_file())))
    assert "own text" not in page.text
    assert "as a whole" not in page.text
