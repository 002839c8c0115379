"""A model as the server holds it: loaded on first use, with what is known by it of repositories."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.core.errors import CodeOriginError, ModelError
from codeorigin.model.past import Past

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.records.reader import RecordsState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownPast:
    """A past, and what it depends on besides the model: HEAD and records, and whether the history is cut off."""

    state: tuple[RecordsState, bool] | None = None
    past: Past | None = None


class Model:
    """A model folder (None: the bundled one) and its analyzer, or why that could not be loaded.

    Results of different models are never mixed; choosing another model makes another one of these.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.loaded: Analyzer | None = None
        self.error: ModelError | None = None
        self.pasts: dict[Path, KnownPast] = {}
        """By repository; use only on the event loop."""

    def analyzer(self) -> Analyzer:
        """The analyzer, loaded now if necessary, by the scoring thread only. Raises ModelError."""
        if self.loaded is None and self.error is None:
            try:
                # Imported here because it imports the inference runtime, which `initialize` must not wait for.
                from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415

                self.loaded = Analyzer.load(self.folder)
            except CodeOriginError as error:
                self.error = error if isinstance(error, ModelError) else ModelError(str(error))
            except Exception as error:
                logger.exception("the model could not be loaded")
                why = type(error).__name__
                self.error = ModelError(f"the model could not be loaded ({why}); run `codeorigin doctor`")
        if self.loaded is None:
            assert self.error is not None
            raise self.error
        return self.loaded
