"""Check that settings can be read, before the CDK tells less of what is broken, or goes on without it."""

import argparse
import sys
from pathlib import Path

from settings.context import ContextError, read_context

parser = argparse.ArgumentParser(prog="make", add_help=False, allow_abbrev=False)
parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
arguments, _ = parser.parse_known_args()
try:
    read_context(Path.cwd(), arguments.context, home=Path.home())
except ContextError as error:
    sys.exit(str(error))
