"""The language server. Importing any part of it imports LSP's types, which are only built on first use."""

from codeorigin.lsp.connection.deferred_types import import_types

import_types()
