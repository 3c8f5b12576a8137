"""One model's life, from its start to the stop at the end of its lease, watched with an ordinary client of AWS."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.scenario.scenario import RekognitionModel
from local.server import LocalAws

_SETTINGS_OF_A_DEMONSTRATION = {"MinInferenceUnits": 1, "PollIntervalSeconds": 1}
_TOLD = {"RUNNING": ("start-model", "RunningAt"), "STOPPED": ("stop-model", "StoppedAt")}
"""Which execution tells since when a model is so: what is shown meanwhile agrees with the messages."""
_DOING = {"STARTING": "starting", "RUNNING": "running", "STOPPING": "stopping", "STOPPED": "stopped"}


class WatchedLife:
    """Begins a start with a lease, and looks how far the model's life is. `outputs`: those of the deployed stack."""

    def __init__(
        self,
        aws: LocalAws,
        outputs: Mapping[str, str],
        *,
        model: RekognitionModel,
        lease_seconds: int,
    ) -> None:
        self._aws = aws
        self._client = aws.client("stepfunctions")
        self._machines = {
            "start-model": outputs["StartModelStateMachineArn"],
            "stop-model": outputs["StopModelStateMachineArn"],
        }
        self._request_source = outputs["RequestSource"]
        self._lease_seconds = lease_seconds
        self._executions: dict[str, str] = {}
        self._model = model
        self._status = ""
        self._since: datetime | None = None
        self._has_begun = False
        self._lease_ends_at: datetime | None = None
        self._ended: dict[str, Any] = {}
        self.name = model.identity.split("/")[1]

    def begin_by_event(self) -> None:
        """Ask for the start with an event on the default bus."""
        entry = {"Source": self._request_source, "DetailType": "Start Model", "Detail": self._input}
        self._aws.client("events").put_events(Entries=[entry])

    def begin_by_hand(self) -> None:
        """Start the execution, as the console does."""
        started = self._client.start_execution(stateMachineArn=self._machines["start-model"], input=self._input)
        self._executions["start-model"] = started["executionArn"]

    def look(self) -> None:
        """See how far it is: the stop's execution counts as soon as there is one."""
        for machine in self._machines:
            if machine not in self._executions and (found := self._find(machine)):
                self._executions[machine] = found
            if machine in self._executions and machine not in self._ended:
                self._see_the_end(machine)
        if (status := self._ask_the_service()) == self._status:
            return
        self._has_begun = self._status != ""
        since = self._told_since(status) if self._has_begun and status in _TOLD else self._aws.clock.now()
        if since is not None:
            self._status, self._since = status, since

    @property
    def in_words(self) -> str:
        """What the model does, since when and until when. All times are UTC."""
        for machine, execution in self._ended.items():
            if execution["status"] != "SUCCEEDED":
                return f"{machine} {execution['status']}: {execution.get('cause') or execution.get('error') or ''}"
        if not self._has_begun:
            return "not started yet"
        since = f"since {self._since:%H:%M:%S}"
        if self._status == "RUNNING" and self._lease_ends_at:
            return f"running {since}, will be stopped at {self._lease_ends_at:%H:%M:%S}"
        return f"{_DOING.get(self._status, self._status)} {since}"

    @property
    def over(self) -> bool:
        """Whether there is nothing more to see."""
        return "stop-model" in self._ended or any(each["status"] != "SUCCEEDED" for each in self._ended.values())

    @property
    def ended_well(self) -> bool:
        """Whether the stop succeeded, and the service says that the model is stopped."""
        stop = self._ended.get("stop-model", {})
        return stop.get("status") == "SUCCEEDED" and self._status == self._model.words.stopped

    @property
    def _input(self) -> str:
        lease = {"StopAfterSeconds": self._lease_seconds}
        name = {"ProjectVersionArn": self._model.project_version_arn}
        return json.dumps({**name, **_SETTINGS_OF_A_DEMONSTRATION, **lease})

    def _find(self, machine: str) -> str | None:
        for execution in self._client.list_executions(stateMachineArn=self._machines[machine])["executions"]:
            described = self._client.describe_execution(executionArn=execution["executionArn"])
            if json.loads(described["input"])["ProjectVersionArn"] == self._model.project_version_arn:
                return str(execution["executionArn"])
        return None

    def _see_the_end(self, machine: str) -> None:
        execution = self._client.describe_execution(executionArn=self._executions[machine])
        if execution["status"] == "RUNNING":
            return
        self._ended[machine] = execution
        if machine == "start-model" and execution["status"] == "SUCCEEDED":
            self._lease_ends_at = datetime.fromisoformat(json.loads(execution["output"])["Lease"]["EndsAt"])

    def _told_since(self, status: str) -> datetime | None:
        machine, moment = _TOLD[status]
        written = json.loads(self._ended.get(machine, {}).get("output", "{}")).get(moment)
        return datetime.fromisoformat(written) if written else None

    def _ask_the_service(self) -> str:
        described = self._aws.client("rekognition").describe_project_versions(ProjectArn=self._model.project_of_it)
        return next(
            str(version["Status"])
            for version in described["ProjectVersionDescriptions"]
            if version["ProjectVersionArn"] == self._model.project_version_arn
        )
