"""Trains the models that the server loads. Imports :mod:`codeorigin`, never the other way round."""

import os

# Nothing of ours reports to anybody; what we import must not either, and reads these when it is imported.
os.environ.update(
    ORT_DISABLE_TELEMETRY="1",
    DO_NOT_TRACK="1",
    MLFLOW_DISABLE_TELEMETRY="true",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    RAY_USAGE_STATS_ENABLED="0",
)
