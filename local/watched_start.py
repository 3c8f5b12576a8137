"""One start of a model, as someone with a client of AWS can watch it."""

import json
from typing import Any
from urllib.request import urlopen

from local.scenario import LookoutModel, RekognitionModel
from local.server import LocalAws

_UNITS_AND_INTERVAL = {"MinInferenceUnits": 1, "PollIntervalSeconds": 1}


class WatchedStart:
    """Begins a start, and looks how far it is."""

    def __init__(self, aws: LocalAws, state_machine_arn: str, model: RekognitionModel | LookoutModel) -> None:
        self._aws = aws
        self._executions = aws.client("stepfunctions")
        self._state_machine_arn = state_machine_arn
        self._execution_arn: str | None = None
        self._model = model
        self.name = _input_of(model).get("ProjectName") or model.identity.split("/")[1]
        self.how = ""
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
        started = self._executions.start_execution(stateMachineArn=self._state_machine_arn, input=self._input)
        self._execution_arn = started["executionArn"]

    def look(self) -> None:
        """See how far it is."""
        if self._execution_arn is None:
            self._execution_arn = self._find()
        if self._execution_arn is not None:
            self.execution = self._executions.describe_execution(executionArn=self._execution_arn)["status"]
            self._read_history(self._executions.get_execution_history(executionArn=self._execution_arn)["events"])
        self.status = self._ask_the_service()

    @property
    def ended(self) -> bool:
        """Whether the execution is over."""
        return self.execution not in ("not there yet", "RUNNING")

    @property
    def model_runs(self) -> bool:
        """Whether the execution says so, and the service too."""
        return self.execution == "SUCCEEDED" and self.status == self._model.words.running

    @property
    def _input(self) -> str:
        return json.dumps({**_input_of(self._model), **_UNITS_AND_INTERVAL})

    def _find(self) -> str | None:
        for execution in self._executions.list_executions(stateMachineArn=self._state_machine_arn)["executions"]:
            described = self._executions.describe_execution(executionArn=execution["executionArn"])
            if json.loads(described["input"]) == json.loads(self._input):
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
        # boto3 no longer knows the service.
        path = f"/2020-11-20/projects/{self._model.project_name}/models/{self._model.model_version}"
        with urlopen(f"{self._aws.endpoint_url}{path}") as answer:  # noqa: S310 - on loopback
            return str(json.load(answer)["ModelDescription"]["Status"])


def _input_of(model: RekognitionModel | LookoutModel) -> dict[str, str]:
    if isinstance(model, RekognitionModel):
        return {"ProjectVersionArn": model.project_version_arn}
    return {"ProjectName": model.project_name, "ModelVersion": model.model_version}
