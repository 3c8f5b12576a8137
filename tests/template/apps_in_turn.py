"""`app.py` again and again in one process, since jsii takes long to begin.

For each line of standard input, a context, it runs the app and prints how it ended. The environment says where it takes
the context from and where it synthesizes to, as the CDK's command line does with a context that is too large for a
variable: a file of which the path stays, so that Node, which has its environment for good, reads each one.
"""

import json
import os
import runpy
import shutil
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path

APP = str(Path(__file__).parents[2] / "app.py")
CONTEXT, FOLDER = Path(os.environ["CONTEXT_OVERFLOW_LOCATION_ENV"]), Path(os.environ["CDK_OUTDIR"])


class Said(StringIO):
    """What the app says. Node speaks when it likes, perhaps about the app before: it has a place of its own."""

    buffer = BytesIO()


def ended(context: str) -> tuple[object, str]:
    """Return the code with which the app ends, and what it says."""
    CONTEXT.write_text(context, encoding="utf-8")
    shutil.rmtree(FOLDER, ignore_errors=True)
    said = Said()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            runpy.run_path(APP, run_name="__main__")
        except SystemExit as end:
            # The interpreter prints a text, and ends with 1.
            return (1, f"{said.getvalue()}{end.code}\n") if isinstance(end.code, str) else (end.code, said.getvalue())
        except Exception:  # noqa: BLE001 - the interpreter would print any of them
            traceback.print_exc()
            return 1, said.getvalue()
    return 0, said.getvalue()


for line in sys.stdin:
    print(json.dumps(ended(line)), flush=True)
