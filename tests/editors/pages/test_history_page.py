"""The history page in a browser, in light and dark: it opens, is readable, and requests nothing."""

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
def page_file(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    """A history of nine months and three folders, as the command writes it."""
    folder = tmp_path_factory.mktemp("history")
    repository = Repository(folder / "sample")
    for month in range(1, 10):
        names = [f"part_{month}_{letter}" for letter in "abcdef"[: 2 + month % 5]]
        path = f"{('lib', 'src/core', 'tools')[month % 3]}/m{month}.py"
        repository.commit({path: plain_functions(*names, number=month)}, date=f"2021-0{month}-11")
    model = with_commit_rules(folder / "model", tiny_model_dir)
    made = folder / "history.html"
    given = ["history", str(repository.folder), "--format", "html", "--output", str(made), "--jobs", "1"]
    assert main([*given, "--model", str(model), "--state", str(folder / "state.sqlite")]) == 0
    return made


class Shown:
    """The page as seen by somebody who prefers ``scheme``, and everything that the browser complained about."""

    def __init__(self, browser: Browser, file: Path, scheme: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1100, "height": 900})  # type: ignore[arg-type]
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

    def contrast(
        self, text: str, behind: str = "body", *, ink: str = "color", paper: str = "backgroundColor"
    ) -> float:
        """The contrast ratio of a text's colour and what is behind it, 1 to 21."""
        light, dark = sorted((luminance(self.colour(text, ink)), luminance(self.colour(behind, paper))))[::-1]
        return (light + 0.05) / (dark + 0.05)


def luminance(channels: tuple[float, ...]) -> float:
    """Relative luminance of sRGB from 0 to 255 (WCAG 2.2)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels)
    ]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.fixture(params=SCHEMES)
def shown(request: pytest.FixtureRequest, browser: Browser, page_file: Path) -> Iterator[Shown]:
    """The page in light and in dark."""
    made = Shown(browser, page_file, request.param)
    yield made
    made.page.context.close()


def test_commits_and_functions_can_be_opened(
    shown: Shown, request: pytest.FixtureRequest, artefacts: Path
) -> None:
    page = shown.page
    expect(page.locator("h1")).to_have_text("CodeOrigin history of sample")
    expect(page.locator("svg")).to_have_count(2)
    commit = page.locator("details.commit").first
    function = commit.locator("details.function").first
    line = function.locator(".line").first
    expect(function).to_be_hidden()
    commit.locator("> summary").click()
    expect(function).to_be_visible()
    expect(line).to_be_hidden()
    function.locator("> summary").click()
    expect(line).to_be_visible()
    expect(line).to_contain_text("def part_")
    scheme = request.node.callspec.params["shown"]
    page.screenshot(path=artefacts / f"history-{scheme}.png", full_page=True)
    assert shown.complaints == []
    assert [url for url in shown.requests if not url.startswith("file:")] == []


def test_all_text_is_readable(shown: Shown) -> None:
    shown.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    contrasts = {
        text: shown.contrast(text, ink="fill" if text.startswith("svg") else "color")
        for text in ("h1", "p.what", "footer", "svg text:not(.on)", "details.commit summary span")
    }
    for band in ("llm", "human", "unsure"):
        shown.page.locator("summary b").first.evaluate("(each, band) => each.className = band", band)
        contrasts[f"b.{band}"] = shown.contrast("summary b")
    # In all possible strengths, whichever this history has.
    for strength in (0, 50, 100):
        recolour(shown.page, "rect.folder", strength)
        contrasts[f"area {strength} %"] = shown.contrast(
            "svg text.on", "rect.folder", ink="fill", paper="fill"
        )
    for colour in ("llm", "human"):
        line = f".line[style*={colour}]"
        recolour(shown.page, line, 70)
        contrasts[f"line {colour}"] = shown.contrast(line, line)
    assert {name: round(each, 2) for name, each in contrasts.items() if each < READABLE} == {}


def recolour(page: Page, selector: str, strength: int) -> None:
    """Give the first selected element its own colour in another strength."""
    change = (
        "(each, by) => each.setAttribute('style', each.getAttribute('style').replace(/[0-9.]+%/, `${by}%`))"
    )
    page.locator(selector).first.evaluate(change, strength)


def test_light_is_light_and_dark_is_dark(browser: Browser, page_file: Path) -> None:
    light, dark = (Shown(browser, page_file, scheme) for scheme in SCHEMES)
    papers = [luminance(each.colour("body", "backgroundColor")) for each in (light, dark)]
    inks = [luminance(each.colour("body", "color")) for each in (light, dark)]
    assert papers[0] - papers[1] > 0.7
    assert inks[1] - inks[0] > 0.7
    for made in (light, dark):
        # Bands differ in more than their names.
        colours = {made.colour(f".legend i.{band}", "backgroundColor") for band in ("llm", "unsure", "human")}
        assert len(colours) == 3
        made.page.context.close()
