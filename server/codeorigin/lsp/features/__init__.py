"""One file per LSP feature; each has ``register(server)``."""

from codeorigin.lsp.features import (
    accept,
    attributions,
    code_action,
    code_lens,
    configuration,
    explain,
    hover,
    inlay_hint,
    lifecycle,
    notebooks,
    rescore,
    scan_changes,
    scan_workspace,
    status,
    text_sync,
)
from codeorigin.lsp.server import CodeOriginServer

_FEATURES = (
    lifecycle,
    configuration,
    text_sync,
    notebooks,
    hover,
    code_action,
    code_lens,
    inlay_hint,
    attributions,
    rescore,
    explain,
    accept,
    status,
    scan_changes,
    scan_workspace,
)


def register_all(server: CodeOriginServer) -> None:
    """Register every feature, except diagnostics, which depend on the capabilities sent at ``initialize``."""
    for feature in _FEATURES:
        feature.register(server)
