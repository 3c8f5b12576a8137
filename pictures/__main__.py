"""`PYTHONPATH=lambdas python -m pictures`: draw the pictures again, and quote the messages again."""

import json
import sys
from pathlib import Path
from typing import Any

from local.commands.cdk import synthesis
from pictures.dashboard import body_of, dashboard_picture
from pictures.page import DASHBOARD, written

_ROOT = Path(__file__).parents[1]


def main() -> int:
    """Write every file. 0 always."""
    # Whatever stage `cdk.json` is set to, the pages show the names without one.
    with synthesis({"stage": "null"}) as assembly:
        [template] = [json.loads(file.read_text(encoding="utf-8")) for file in assembly().glob("*.template.json")]
    dashboard = {_ROOT / DASHBOARD: dashboard_picture(body_of(template))}
    for path, text in (written(_ROOT, _definitions(template)) | dashboard).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def _definitions(template: dict[str, Any]) -> dict[str, Any]:
    """Return the machines' definitions by name; what they name by reference is left out."""
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            parts = resource["Properties"]["DefinitionString"]["Fn::Join"][1]
            text = "".join(part if isinstance(part, str) else "" for part in parts)
            found[resource["Properties"]["StateMachineName"]] = json.loads(text)
    return found


if __name__ == "__main__":
    sys.exit(main())
