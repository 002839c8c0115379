"""Takes the screenshots of the HTML pages in docs/images: `make images`."""

import io
import shutil
import sys
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from codeorigin.cli.app import main
from support.repositories import Repository

ROOT = Path(__file__).parents[3]
OPEN = {"check": "details.function", "history": ""}
SIZE = {"width": 1400, "height": 1300}
"""The first screens of a page, so that a picture stays small."""

TERSE, ASSISTANT = (ROOT / "examples" / name for name in ("terse_style.py", "assistant_style.go"))
FOLDERS = ("core", "server/retry", "tools/text", "server/api", "core", "tools/graph", "server/items")
MONTHS, FILES = 42, 4
DECLARED = "Add parts\n\nCo-authored-by: Claude <noreply@anthropic.com>"


def sample_repository(folder: Path) -> Path:
    """A repository with a commit a month from January 2021 on; from 2023 on, more and more is in an assistant's style.

    From July 2023 on, most of these commits say so.
    """
    made = Repository(folder)
    made.git("remote", "add", "origin", "https://github.com/example/sample.git")
    for month in range(MONTHS):
        files = {}
        for copy in range(FILES):
            sample = ASSISTANT if copy < (month - 20) // 5 else TERSE
            name = f"part_{month}_{copy}"
            renamed = sample.read_text(encoding="utf-8").replace("Retry", f"Retry{month}")
            place = FOLDERS[(month + copy // 2) % len(FOLDERS)]
            files[f"{place}/{name}{sample.suffix}"] = renamed.replace("dijk", f"dijk_{name}")
        says_so = month >= 30 and month % 3
        made.commit(
            files,
            date=f"{2021 + month // 12}-{1 + month % 12:02}-11",
            message=DECLARED if says_so else "Add parts",
        )
    return made.folder


def written_pages(folder: Path) -> dict[str, Path]:
    """The pages of the sample, as the commands write them."""
    repository = sample_repository(folder / "sample")
    pages = {name: folder / f"{name}.html" for name in OPEN}
    with chdir(repository):  # so that paths are short
        main(["check", ".", "--format", f"html={pages['check']}", "--jobs", "1"])
        state = ["--state", str(folder / "state.sqlite"), "--jobs", "1"]
        main(["history", "--format", f"html={pages['history']}", *state])
    return pages


def picture(browser: Browser, page: Path) -> Image.Image:
    """The top of a page, with one of its folds open."""
    context = browser.new_context(color_scheme="light", viewport=SIZE)  # type: ignore[arg-type]
    shown = context.new_page()
    shown.goto(page.as_uri())
    for fold in OPEN.get(page.stem, "").split(", "):
        if fold:
            shown.locator(fold).first.evaluate("each => each.open = true")
    taken = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    context.close()
    return taken.quantize(128)


def take(folder: Path) -> None:
    """Write NAME.png for every page into ``folder``."""
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page in written_pages(Path(scratch)).items():
            picture(browser, page).save(folder / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
