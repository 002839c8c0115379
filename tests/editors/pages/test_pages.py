"""The pages in a browser, in light and dark: they open, fit, are readable, and request nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from codeorigin.cli.app import main
from support.repositories import Repository, plain_functions
from support.tiny_model import with_commit_rules

READABLE = 4.5
"""The minimum contrast between text and what is behind it (WCAG 2.2, success criterion 1.4.3)."""
SCHEMES = ("light", "dark")

# Any CSS colour as red, green, blue and opacity from 0 to 255.
_CHANNELS = """value => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const drawn = canvas.getContext("2d");
  drawn.fillStyle = value;
  drawn.fillRect(0, 0, 1, 1);
  return [...drawn.getImageData(0, 0, 1, 1).data];
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> dict[str, Path]:
    """A history of nine months and three folders, and a check of its files, as the commands write them."""
    folder = tmp_path_factory.mktemp("pages")
    repository = Repository(folder / "sample")
    for month in range(1, 10):
        names = [f"part_{month}_{letter}" for letter in "abcdef"[: 2 + month % 5]]
        path = f"{('lib', 'src/core', 'tools')[month % 3]}/m{month}.py"
        repository.commit({path: plain_functions(*names, number=month)}, date=f"2021-0{month}-11")
    model = with_commit_rules(folder / "model", tiny_model_dir)
    made = {name: folder / f"{name}.html" for name in ("history", "check")}
    for name, options in (
        ("history", ["--state", str(folder / "state.sqlite")]),
        ("check", ["--threshold", "0"]),
    ):
        given = [name, str(repository.folder), "--format", f"html={made[name]}", "--jobs", "1"]
        main([*given, "--model", str(model), *options])
    return made


class Shown:
    """The page as seen by somebody who prefers ``scheme``, and everything that the browser complained about."""

    def __init__(self, browser: Browser, file: Path, scheme: str, width: int = 1400) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def colour(self, selector: str, name: str) -> tuple[float, ...]:
        """A colour of the first selected element, over the page's background."""
        element = self.page.locator(selector).first
        value = element.evaluate("(element, name) => getComputedStyle(element)[name]", name)
        *channels, opacity = self.page.evaluate(_CHANNELS, value)
        if opacity == 255:
            return tuple(channels)
        below = self.colour("body", "backgroundColor")
        # The canvas returns channels that are not premultiplied by their opacity.
        share = opacity / 255
        return tuple(share * top + (1 - share) * under for top, under in zip(channels, below, strict=True))

    def contrast(self, text: str, behind: str = "body") -> float:
        """The contrast ratio of a text's colour and what is behind it, 1 to 21."""
        inks = luminance(self.colour(text, "color")), luminance(self.colour(behind, "backgroundColor"))
        light, dark = sorted(inks, reverse=True)
        return (light + 0.05) / (dark + 0.05)


def luminance(channels: tuple[float, ...]) -> float:
    """Relative luminance of sRGB from 0 to 255 (WCAG 2.2)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels)
    ]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.fixture(params=SCHEMES)
def shown(request: pytest.FixtureRequest, browser: Browser, pages: dict[str, Path]) -> Iterator[Shown]:
    """The history in light and in dark."""
    made = Shown(browser, pages["history"], request.param)
    yield made
    made.page.context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("name", "folds"),
    [
        ("history", ["details.commit", "li"]),
        ("check", ["details.folder", "details.box", "details.function", ".line"]),
    ],
)
def test_folds_open_by_keyboard_and_request_nothing(
    browser: Browser, pages: dict[str, Path], artefacts: Path, name: str, folds: list[str], scheme: str
) -> None:
    shown = Shown(browser, pages[name], scheme)
    page = shown.page
    opened = page.locator(folds[0]).last
    for selector in folds[1:]:
        inside = opened.locator(selector).first
        expect(inside).to_be_hidden()
        opened.locator("> summary").press("Enter")
        expect(inside).to_be_visible()
        opened = inside
    expect(opened).to_contain_text("part_")
    page.screenshot(path=artefacts / f"{name}-{scheme}.png", full_page=True)
    assert shown.complaints == []
    assert [url for url in shown.requests if not url.startswith("file:")] == []
    page.context.close()


@pytest.mark.parametrize("width", [1400, 600])
@pytest.mark.parametrize("name", ["history", "check"])
def test_pages_fit_their_window_and_no_text_overlaps(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    shown = Shown(browser, pages[name], "light", width)
    shown.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    size = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert shown.page.evaluate(size) == 0
    overlapping = """() => [...document.querySelectorAll("thead tr, .chart")].flatMap(row => {
      const found = [...row.querySelectorAll("th, .when")].filter(each => each.checkVisibility());
      const boxes = found.map(each => { const range = document.createRange(); range.selectNodeContents(each);
        return [each.textContent, range.getBoundingClientRect()]; });
      return boxes.slice(1).filter(([, box], place) => box.left < boxes[place][1].right).map(([text]) => text);
    })"""
    assert shown.page.evaluate(overlapping) == []
    headings = shown.page.locator("h1, h2, h3").evaluate_all("all => all.map(each => +each.tagName[1])")
    assert all(level <= before + 1 for before, level in zip([0, *headings], headings, strict=False))
    shown.page.context.close()


def test_all_text_is_readable(shown: Shown) -> None:
    shown.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    contrasts = {
        text: shown.contrast(text)
        for text in ("h1", "p.what", "footer", ".axis span", ".when", "th", ".tile span", "summary span")
    }
    for band in ("llm", "human", "unsure"):
        shown.page.locator("summary b").first.evaluate("(each, band) => each.className = band", band)
        contrasts[f"b.{band}"] = shown.contrast("summary b")
    assert {name: round(each, 2) for name, each in contrasts.items() if each < READABLE} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_code_is_readable(browser: Browser, pages: dict[str, Path], scheme: str) -> None:
    shown = Shown(browser, pages["check"], scheme)
    shown.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    contrasts = {}
    for colour in ("llm", "human"):
        shown.page.locator(".line").first.evaluate(
            "(each, kind) => each.className = kind", f"line {colour} h7"
        )
        contrasts[f"line {colour}"] = shown.contrast(".line i", ".line i")
        for kind in ("c", "s", "k"):
            shown.page.locator(".line span").first.evaluate("(each, kind) => each.className = kind", kind)
            contrasts[f"line {colour} {kind}"] = shown.contrast(".line span", ".line")
    assert {name: round(each, 2) for name, each in contrasts.items() if each < READABLE} == {}
    shown.page.context.close()


def test_light_is_light_and_dark_is_dark(browser: Browser, pages: dict[str, Path]) -> None:
    light, dark = (Shown(browser, pages["history"], scheme) for scheme in SCHEMES)
    papers = [luminance(each.colour("body", "backgroundColor")) for each in (light, dark)]
    inks = [luminance(each.colour("body", "color")) for each in (light, dark)]
    assert papers[0] - papers[1] > 0.7
    assert inks[1] - inks[0] > 0.7
    for made in (light, dark):
        # Bands differ in more than their names.
        colours = {made.colour(f".legend i.{band}", "backgroundColor") for band in ("llm", "unsure", "human")}
        assert len(colours) == 3
        made.page.context.close()
