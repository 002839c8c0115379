"""The server's analyzer, loaded in the worker on first use; a failure is remembered with a one-line error."""

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.errors import Cancelled, CodeOriginError, ModelError

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

logger = logging.getLogger(__name__)


class ModelLoader:
    """Loads the model lazily and remembers a failure until another model is chosen."""

    def __init__(self, model_dir: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._chosen = model_dir
        self._analyzer: Analyzer | None = None
        self._error: ModelError | None = None
        self._generation = 0

    def choose(self, model_dir: Path | None) -> bool:
        """Switch to the model in ``model_dir`` (None: the bundled one); return whether that is a change."""
        with self._lock:
            if model_dir == self._chosen:
                return False
            self._chosen, self._analyzer, self._error = model_dir, None, None
            self._generation += 1
            return True

    @property
    def generation(self) -> int:
        """How often another model was chosen; results of different generations are never mixed."""
        return self._generation

    @property
    def loaded(self) -> "Analyzer | None":
        """The analyzer if it is loaded, else None. May be called from any thread."""
        return self._analyzer

    @property
    def error(self) -> ModelError | None:
        """Why the model could not be loaded."""
        return self._error

    def analyzer(self, generation: int | None = None) -> "Analyzer":
        """The analyzer of ``generation`` (None: the newest), loaded now if necessary. Worker thread only.

        Raises:
            ModelError: the model cannot be loaded.
            Cancelled: another model was chosen since that generation.
        """
        while True:
            with self._lock:
                chosen, wanted = self._chosen, self._generation
                if generation is not None and generation != wanted:
                    raise Cancelled("another model was chosen")
                if self._analyzer is not None:
                    return self._analyzer
                if self._error is not None:
                    raise self._error
            self._load(chosen, wanted)

    def _load(self, chosen: Path | None, generation: int) -> None:
        analyzer, failure = None, None
        try:
            analyzer = _load(chosen)
        except ModelError as error:
            failure = error
        with self._lock:
            if generation == self._generation:
                self._analyzer, self._error = analyzer, failure


def _load(model_dir: Path | None) -> "Analyzer":
    try:
        # Imported here because it imports the inference runtime, which `initialize` must not wait for.
        from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415

        return Analyzer.load(model_dir)
    except ModelError:
        raise
    except CodeOriginError as error:
        raise ModelError(str(error)) from error
    except Exception as error:
        logger.exception("the model could not be loaded")
        raise ModelError(
            f"the model could not be loaded ({type(error).__name__}); run `codeorigin doctor`"
        ) from error
