"""Private names of pygls that the server uses because pygls has no public equivalents.

They may change in any release, so the dependency is pinned to one minor version. A test reports the names that a new
version lacks, and those that are used but not listed here.
"""

from collections.abc import Mapping
from types import MappingProxyType

PRIVATE_NAMES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "LanguageServer": frozenset({"_text_document_sync_kind"}),
        "LanguageServerProtocol": frozenset(
            {
                "_execute_handler",
                "_request_futures",
                "_send_data",
                "_send_response",
                "_server",
                "_shutdown",
                "_workspace",
            }
        ),
        "TextDocument": frozenset({"_position_codec", "_source"}),
        "Workspace": frozenset({"_create_text_document", "_position_codec", "_sync_kind"}),
    }
)
"""The names by the pygls class that has them."""
