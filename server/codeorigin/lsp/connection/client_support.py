"""The client's capabilities, resolved once at ``initialize`` into booleans."""

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability

from codeorigin.lsp.connection.parameters import plain_json


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """The client capabilities that the server uses."""

    code_description: bool = False
    configuration: bool = False
    register_configuration: bool = False
    register_watchers: bool = False
    work_done_progress: bool = False
    command_links: bool = False
    refresh_code_lens: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> "ClientSupport":
        """Read the capabilities that the client sent."""

        def has(name: str) -> bool:
            return bool(get_capability(capabilities, name, False))

        # Not part of LSP; see docs/contributing/protocol.md.
        experimental = plain_json(capabilities.experimental)
        return cls(
            code_description=has("text_document.publish_diagnostics.code_description_support"),
            configuration=has("workspace.configuration"),
            register_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            register_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
            work_done_progress=has("window.work_done_progress"),
            command_links=isinstance(experimental, dict) and experimental.get("commandLinks") is True,
            refresh_code_lens=has("workspace.code_lens.refresh_support"),
        )
