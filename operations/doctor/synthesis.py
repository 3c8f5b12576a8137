"""The template that this checkout would deploy."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from model_lifecycle.vocabulary.foreign import quoted
from operations.arguments import ROOT
from operations.errors import OperationsError


def synthesized(context: Mapping[str, Any], *, account: str, region: str, stack: str) -> dict[str, Any]:
    """Run `app.py` as the CDK's command line does, and return its template. Raises OperationsError."""
    with TemporaryDirectory(prefix="doctor-") as folder:
        settings, out = Path(folder, "context.json"), Path(folder, "out")
        # A variable of the environment has not room for every context.
        settings.write_text(json.dumps({**context, "aws:cdk:enable-path-metadata": True}), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CDK_")}
        environment |= {
            "CDK_CONTEXT_JSON": "{}",
            "CONTEXT_OVERFLOW_LOCATION_ENV": str(settings),
            "CDK_OUTDIR": str(out),
            "CDK_DEFAULT_ACCOUNT": account,
            "CDK_DEFAULT_REGION": region,
            # An older Node on the PATH would not do.
            "JSII_NODE": os.environ.get("JSII_NODE") or str(Path(sys.prefix, "bin", "node")),
        }
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise OperationsError(f"The app of this checkout cannot be synthesized: {quoted(said[-1])}.")
        template: dict[str, Any] = json.loads((out / f"{stack}.template.json").read_text(encoding="utf-8"))
        return template
