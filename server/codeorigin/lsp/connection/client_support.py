"""The client's capabilities, resolved once at ``initialize`` into booleans."""

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability

from codeorigin.lsp.connection.parameters import plain_json


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """The client capabilities that the server uses."""

    pull_diagnostics: bool = False
    refresh_diagnostics: bool = False
    code_description: bool = False
    configuration: bool = False
    register_configuration: bool = False
    register_watchers: bool = False
    work_done_progress: bool = False
    markdown_hover: bool = False
    command_links: bool = False
    document_changes: bool = False
    code_action_literals: bool = False
    refresh_code_lens: bool = False
    refresh_inlay_hints: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> "ClientSupport":
        """Read the capabilities that the client sent."""

        def has(name: str) -> bool:
            return bool(get_capability(capabilities, name, False))

        # Not part of LSP; see docs/protocol.md.
        experimental = plain_json(capabilities.experimental)
        formats = get_capability(capabilities, "text_document.hover.content_format", None) or ()
        return cls(
            pull_diagnostics=get_capability(capabilities, "text_document.diagnostic", None) is not None,
            refresh_diagnostics=has("workspace.diagnostics.refresh_support"),
            code_description=has("text_document.publish_diagnostics.code_description_support")
            or has("text_document.diagnostic.code_description_support"),
            configuration=has("workspace.configuration"),
            register_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            register_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
            work_done_progress=has("window.work_done_progress"),
            markdown_hover=types.MarkupKind.Markdown in formats,
            command_links=isinstance(experimental, dict) and experimental.get("commandLinks") is True,
            document_changes=has("workspace.workspace_edit.document_changes"),
            code_action_literals=get_capability(
                capabilities, "text_document.code_action.code_action_literal_support", None
            )
            is not None,
            refresh_code_lens=has("workspace.code_lens.refresh_support"),
            refresh_inlay_hints=has("workspace.inlay_hint.refresh_support"),
        )
