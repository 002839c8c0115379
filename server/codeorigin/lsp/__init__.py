"""The language server. Importing any part of it imports LSP's types, unfinished until they are used."""

from codeorigin.lsp.connection.deferred_types import import_types

import_types()
