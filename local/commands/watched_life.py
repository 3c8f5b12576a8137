"""One model's life, from its start to the stop at the end of its lease, as someone with a client of AWS can watch
it.
"""

import json
from typing import Any

from local.scenario.scenario import LookoutModel, RekognitionModel
from local.server import LocalAws

_SETTINGS_OF_A_DEMONSTRATION = {"MinInferenceUnits": 1, "PollIntervalSeconds": 1}


class WatchedLife:
    """Begins a start with a lease, and looks how far the model's life is."""

    def __init__(
        self,
        aws: LocalAws,
        *,
        start_model_arn: str,
        stop_model_arn: str,
        model: RekognitionModel | LookoutModel,
        lease_seconds: int,
    ) -> None:
        self._aws = aws
        self._client = aws.client("stepfunctions")
        self._machines = {"start-model": start_model_arn, "stop-model": stop_model_arn}
        self._lease_seconds = lease_seconds
        self._executions: dict[str, str] = {}
        self._model = model
        self.name = _input_of(model).get("ProjectName") or model.identity.split("/")[1]
        self.how = ""
        self.machine = "start-model"
        self.execution = "not there yet"
        self.state = ""
        self.status = ""

    def begin_by_event(self) -> None:
        """Ask for the start with an event on the default bus."""
        self.how = "EventBridge event"
        entry = {"Source": "model-lifecycle.request", "DetailType": "Start Model", "Detail": self._input}
        self._aws.client("events").put_events(Entries=[entry])

    def begin_by_hand(self) -> None:
        """Start the execution, as the console does."""
        self.how = "StartExecution"
        started = self._client.start_execution(stateMachineArn=self._machines["start-model"], input=self._input)
        self._executions["start-model"] = started["executionArn"]

    def look(self) -> None:
        """See how far it is: the stop's execution counts as soon as there is one."""
        for machine in self._machines:
            if machine not in self._executions and (found := self._find(machine)):
                self._executions[machine] = found
        self.machine = "stop-model" if "stop-model" in self._executions else "start-model"
        if execution_arn := self._executions.get(self.machine):
            self.execution = self._client.describe_execution(executionArn=execution_arn)["status"]
            self._read_history(self._client.get_execution_history(executionArn=execution_arn)["events"])
        self.status = self._ask_the_service()

    @property
    def over(self) -> bool:
        """Whether there is nothing more to see."""
        ended = self.execution not in ("not there yet", "RUNNING")
        return ended and (self.machine == "stop-model" or self.execution != "SUCCEEDED")

    @property
    def ended_well(self) -> bool:
        """Whether the stop succeeded, and the service says that the model is stopped."""
        stopped = self.status == self._model.words.stopped
        return self.machine == "stop-model" and self.execution == "SUCCEEDED" and stopped

    @property
    def _input(self) -> str:
        lease = {"StopAfterSeconds": self._lease_seconds}
        return json.dumps({**_input_of(self._model), **_SETTINGS_OF_A_DEMONSTRATION, **lease})

    def _find(self, machine: str) -> str | None:
        name = _input_of(self._model)
        for execution in self._client.list_executions(stateMachineArn=self._machines[machine])["executions"]:
            described = self._client.describe_execution(executionArn=execution["executionArn"])
            if name.items() <= json.loads(described["input"]).items():
                return str(execution["executionArn"])
        return None

    def _read_history(self, history: list[dict[str, Any]]) -> None:
        for event in history:
            if entered := event.get("stateEnteredEventDetails"):
                self.state = entered["name"]

    def _ask_the_service(self) -> str:
        if isinstance(self._model, RekognitionModel):
            described = self._aws.client("rekognition").describe_project_versions(ProjectArn=self._model.project_of_it)
            return next(
                str(version["Status"])
                for version in described["ProjectVersionDescriptions"]
                if version["ProjectVersionArn"] == self._model.project_version_arn
            )
        described = self._aws.client("lookoutvision").describe_model(**_input_of(self._model))
        return str(described["ModelDescription"]["Status"])


def _input_of(model: RekognitionModel | LookoutModel) -> dict[str, str]:
    if isinstance(model, RekognitionModel):
        return {"ProjectVersionArn": model.project_version_arn}
    return {"ProjectName": model.project_name, "ModelVersion": model.model_version}
