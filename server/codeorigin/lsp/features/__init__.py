"""One file per LSP feature; each has ``register(server)``."""

from codeorigin.lsp.features import (
    attributions,
    code_action,
    code_lens,
    commands,
    configuration,
    hover,
    inlay_hint,
    lifecycle,
    notebooks,
    scan_changes,
    scan_workspace,
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
    commands,
    scan_changes,
    scan_workspace,
)


def register_all(server: CodeOriginServer) -> None:
    """Register every feature, except diagnostics, which depend on the capabilities sent at ``initialize``."""
    for feature in _FEATURES:
        feature.register(server)
