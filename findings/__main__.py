"""Say what is found, a line each, and end with 1 if anything is: `python -m findings`.

What has been found clean is not looked at again before something changes that the templates are made from.
"""

import os
import sys
import tempfile
from pathlib import Path

from findings.deploys import DEPLOYS, digest
from tools.set_up.stamp import Stamp

clean = Stamp(Path(sys.prefix) / ".set-up" / "findings.stamp", digest())
if clean.good:
    sys.exit()

os.environ.setdefault("JSII_NODE", str(Path(sys.prefix) / "bin" / "node"))
from findings.checkov import CheckovError, found_by_checkov  # noqa: E402
from findings.packs import found_by_packs  # noqa: E402 - it loads the CDK, which takes seconds

with tempfile.TemporaryDirectory(prefix="findings-") as scratch:
    folders = {name: Path(scratch, name) for name in DEPLOYS}
    found = [line for name, folder in folders.items() for line in found_by_packs(folder, DEPLOYS[name])]
    try:
        found += found_by_checkov([path for folder in folders.values() for path in folder.glob("*.template.json")])
    except CheckovError as error:
        sys.exit(f"checkov failed: {error}")
if found:
    print("\n".join(dict.fromkeys(found)))
    sys.exit(
        f"{len(found)} findings. Remove each cause, or acknowledge it with a reason in stacks/acknowledgements.py."
    )
clean.end()
