"""Code inside other documents: Markdown's and reStructuredText's code blocks, as regions with places of their own."""

from codeorigin.embedded.placing import place_explanation, place_function
from codeorigin.embedded.regions import region_at, regions_of

__all__ = [
    "place_explanation",
    "place_function",
    "region_at",
    "regions_of",
]
