"""Check that the files with settings can be read: of broken JSON, the CDK tells neither line nor column."""

import sys
from pathlib import Path

from settings.context import ContextError, read_context

try:
    read_context(Path.cwd(), [], home=Path.home())
except ContextError as error:
    sys.exit(str(error))
