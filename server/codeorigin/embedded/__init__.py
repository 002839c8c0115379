"""Code blocks in Markdown and reStructuredText documents, as regions with their positions in the document."""

from codeorigin.embedded.placing import place_explanation, place_function
from codeorigin.embedded.regions import region_at, regions_of

__all__ = [
    "place_explanation",
    "place_function",
    "region_at",
    "regions_of",
]
