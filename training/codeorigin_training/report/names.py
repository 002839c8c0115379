"""Names of the report's parts in plain words."""

from collections.abc import Mapping

PERTURBED: Mapping[str, str] = {
    "reindented": "re-indented",
    "formatted": "formatted",
    "comments_removed": "comments removed",
    "renamed": "identifiers renamed",
}

METHODS: Mapping[str, str] = {
    "shipped": "shipped explanation",
    "ig_zero": "Integrated Gradients from zero",
    "ig_pad": "Integrated Gradients from PAD",
    "occlusion": "line occlusion",
    "random": "random order",
}

SHORT: Mapping[str, str] = {
    "seen": "seen repositories",
    "old": "held out, human before mid-2021",
    "modern": "held out, human 2021-07 to 2022-11",
    "inside": "inside one repository",
    "pairs": "same-task pairs, corpus",
    "written_pairs": "same-task pairs, written",
    "files_old": "files, human before mid-2021",
    "files_modern": "files, human 2021-07 to 2022-11",
    "snippets": "snippets, all generators",
}
"""Rows of the matrix, short enough for a plot."""
