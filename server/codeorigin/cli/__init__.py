"""The command line, which uses the same analyzer as the language server."""
