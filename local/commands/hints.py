"""Commands to try while `make local` runs. Each line can be pasted into a shell."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from local.commands.cdk import ROOT
from local.scenario.scenario import LookoutModel, RekognitionModel
from local.server import LocalAws

_STARTABLE = ("STOPPED", "TRAINING_COMPLETED", "TRAINED")
_FOR_A_MINUTE = {"StopAfterSeconds": 60, "PollIntervalSeconds": 1}


def commands(
    aws: LocalAws, outputs: Mapping[str, str], models: Sequence[RekognitionModel | LookoutModel]
) -> Iterator[tuple[str, str]]:
    """Yield what each command is for, and the command."""
    client = {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_DEFAULT_REGION": aws.region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    yield (
        "In another terminal, with .venv/bin/aws if you have no other AWS CLI",
        shlex.join(["export", *(f"{name}={value}" for name, value in client.items())]),
    )
    if model := next((model for model in models if model.status in _STARTABLE), None):
        given = json.dumps({**_name(model), **_FOR_A_MINUTE})
        machine = outputs["StartModelStateMachineArn"]
        start = ["aws", "stepfunctions", "start-execution", "--state-machine-arn", machine, "--input", given]
        yield "Start a model for a minute", shlex.join(start)
        event = [{"Source": outputs["RequestSource"], "DetailType": "Start Model", "Detail": given}]
        yield "Start it by an event", shlex.join(["aws", "events", "put-events", "--entries", json.dumps(event)])
    yield "See what runs", shlex.join(["make", "-C", str(ROOT), "status"])
    yield "Let an hour pass", shlex.join(["make", "-C", str(ROOT), "later", f"PORT={aws.port}"])


def _name(model: RekognitionModel | LookoutModel) -> dict[str, str]:
    if isinstance(model, RekognitionModel):
        return {"ProjectVersionArn": model.project_version_arn}
    return {"ProjectName": model.project_name, "ModelVersion": model.model_version}
