"""Builders of reports, shared with the tests of the command."""

from tests.server.conftest import make_file, make_result

__all__ = ["make_file", "make_result"]
