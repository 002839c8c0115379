"""The page: well-formed, self-contained and without active content."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
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
    source = html.render(make_result())
    page = Page(source)
    assert {"fast", "Shelf.put", "tiny"} <= set(page.words)
    assert "Shelf.put.log" not in page.text, "judged as part of the function around it"
    assert "0.97" in page.text
    assert "too short" in page.text
    assert '<span class="line llm h7" title="+0.70"><i>     5</i> def fast(n):</span>' in source
    assert '<span class="line human h5" title="-0.40"><i>     4</i> @functools.cache</span>' in source
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
    assert not {"script", "img"} & set(page.tags)
    assert ("onerror", "alert(1)") not in page.attributes
    assert '<img src=x onerror="alert(1)">&.py' in page.text
    assert "</pre><script>alert(1)</script>\\u202e" in page.text
    assert "<b>: <i>&" in page.text


def test_code_keeps_its_indentation(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict]
) -> None:
    source = "class A:\r\n\tdef fast(self):\r\n\t\treturn 1\r\n"
    file = make_file("a.py", source, {"A.fast": verdicts[Band.LLM]})
    page = Page(html.render(make_result((file,))))
    assert {"     def fast(self):", "         return 1"} <= set(page.words)


def test_files_with_the_most_findings_come_first_and_files_without_functions_not_at_all(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict]
) -> None:
    worse = dict.fromkeys(("fast", "Shelf.put"), verdicts[Band.LLM])
    files = (make_file("a.py"), make_file("b.py", verdicts=worse), make_file("empty.py", "x = 1\n", {}))
    page = html.render(make_result(files))
    assert re.findall(r'<details class="box"( open)?><summary><code>(.*?)<', page) == [
        (" open", "b.py"),
        ("", "a.py"),
    ]


def test_same_function_in_two_files_has_the_lines_of_each(
    make_file: MakeFile, make_result: MakeResult
) -> None:
    files = (make_file("a.py"), make_file("b.py", "\n" * 90 + make_file().text))
    page = html.render(make_result(files))
    assert "<i>     5</i> def fast(n):" in page
    assert "<i>    95</i> def fast(n):" in page


def test_page_on_5_000_functions_is_small(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict]
) -> None:
    names = [f"normalized_measurement_{number}" for number in range(25)]
    text = "\n".join(
        f"def {name}(values, limit=10):\n"
        + "".join(f"    total = total * {line} + values[{line}]  # of the sum\n" for line in range(28))
        + "    return total\n"
        for name in names
    )
    file = make_file("m.py", text, dict.fromkeys(names, verdicts[Band.LLM]))
    files = tuple(replace(file, path=f"src/package/measurements/module_{number}.py") for number in range(200))
    page = html.render(make_result(files))
    assert page.count(f">{names[0]}<") == 200
    assert page.count("<pre>") > 100
    assert len(page.encode()) < 1_500_000, len(page.encode())


def test_page_mentions_the_influence_of_the_file(
    make_file: MakeFile, make_result: MakeResult, in_file: Verdict
) -> None:
    sentence = "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
    assert sentence in Page(html.render(make_result((make_file(verdicts={"fast": in_file}),)))).text
    assert "own text" not in html.render(make_result())


def test_file_verdict_is_shown(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict]
) -> None:
    llm = make_file("odd.py", verdicts={}, whole=file_verdicts[Band.LLM])
    text = Page(html.render(make_result((llm,)))).text
    assert "0 of 3 functions llmThe file as a whole, 7 functions: 0.96, llm" in text
    assert "as a whole" not in html.render(make_result())
