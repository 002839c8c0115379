"""Changes to a function that do not change its origin: of layout and comments.

Each method is in a separate file and takes a function's text, its language (an id or model language of the
server) and a random generator. None raises, whatever the text: text that cannot be changed is returned unchanged.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from codeorigin_training.data.augmentation.comments import comments_removed
from codeorigin_training.data.augmentation.reindentation import reindented

Augmentation = Callable[[str, str, np.random.Generator], str]
"""(code, language, generator) -> code."""

AUGMENTATIONS: Mapping[str, Augmentation] = MappingProxyType(
    {"reindented": reindented, "comments_removed": comments_removed}
)
"""Every method by its name."""
