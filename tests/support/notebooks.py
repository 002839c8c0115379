"""Notebooks as Jupyter writes them."""

import json
from collections.abc import Mapping
from typing import Any


def notebook(*cells: str | tuple[str, str], language: str = "python") -> str:
    """A notebook with these cells: code, or a type and its text."""
    made = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps(
        {
            "cells": [_cell(kind, text) for kind, text in made],
            "metadata": {"kernelspec": {"name": "kernel", "language": language}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
        ensure_ascii=False,
    )


def _cell(kind: str, text: str) -> Mapping[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}}
    if kind == "code":
        cell |= {
            "execution_count": None,
            "outputs": [{"output_type": "stream", "text": ["def no(): pass\n"]}],
        }
    return cell | {"source": text.splitlines(keepends=True)}
