"""Pages of HTML as a browser reads them."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements, words and links of a page, whose elements must be closed in the right order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.elements: set[tuple[str, tuple[str, ...]]] = set()
        """Each element with the names of its attributes."""
        self.words: list[str] = []
        self.links: list[str | None] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.elements.add((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name in {"src", "href", "data"}]
        if tag not in {"meta", "br", "hr", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open[-1:] == [tag]:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
