"""``python -m codeorigin``: the same as the ``codeorigin`` command."""

import sys

from codeorigin.cli.app import main

sys.exit(main())
