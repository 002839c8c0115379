"""The command line: check, explain, doctor and serve, over the same analyzer as the language server."""
