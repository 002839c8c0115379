"""How a manifest is written."""

import json

from codeorigin.model.folder import CHECKSUM
from codeorigin_training.bundle.writing import manifest_text


def test_lists_of_numbers_are_one_line_and_nothing_else_changes() -> None:
    manifest = {
        "shares": [1.0, -2.5e-05, 3],
        "none": [],
        "mixed": [1, "2"],
        "text": "[1,  2]",
        "nan": [float("nan")],
    }
    text = manifest_text(manifest)
    assert '"shares": [1.0, -2.5e-05, 3],\n' in text
    read = json.loads(text)
    assert len(read.pop(CHECKSUM)) == 64
    assert read == manifest | {"nan": [None]}
