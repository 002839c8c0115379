"""The pages of the documentation site, in build/site/pages, for zensical: those of the repository as they are.

They keep their places, so links between them hold; links to other files of the repository become links to where it is
published.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "site" / "pages"
PUBLISHED = "https://github.com/OWNER/codeorigin/blob/main"
PATTERNS = (
    "*.md",
    "docs/*.md",
    "docs/contributing/*.md",
    "docs/images/*.png",
    "docs/evaluation/report.html",
    "models/*/*.md",
    "training/*.md",
    "server/codeorigin/**/*.schema.json",
)
API = """\
# Reference of the Python API

[Examples](api.md) are on a page of their own.

::: codeorigin.analyze

::: codeorigin.analysis.judged

::: codeorigin.model.verdict

::: codeorigin.core.errors
"""
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\()(?!\w+:|#)([^)#\s]+)((?:#[^)\s]*)?\))")


def published(text: str, folder: Path, pages: set[Path]) -> str:
    """``text`` of a document in ``folder``, whose links to anything but ``pages`` lead to the published repository."""

    def link(match: re.Match[str]) -> str:
        target = (folder / match[2]).resolve()
        if target in pages:
            return match[0]
        return f"{match[1]}{PUBLISHED}/{target.relative_to(ROOT).as_posix()}{match[3]}"

    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [_LINK.sub(link, text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, _LINK.sub(link, text[end:])])


def main() -> None:
    """Write all pages anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    pages = {path for pattern in PATTERNS for path in ROOT.glob(pattern)}
    for path in pages:
        copy = PAGES / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            copy.write_text(published(path.read_text("utf-8"), path.parent, pages), "utf-8")
        else:
            shutil.copyfile(path, copy)
    (PAGES / "docs" / "reference.md").write_text(API, "utf-8")


if __name__ == "__main__":
    main()
