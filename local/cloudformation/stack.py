"""A stack: its resources, its status and its events."""

import copy
import json
import threading
from datetime import timedelta
from typing import Any, ClassVar

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import Export, OutputMap, ResourceMap

from local.account import Account
from local.cloudformation.changes import Change, changes_between
from local.cloudformation.deployment import Deployment, Made, ResourceFailedError, delete_all
from local.cloudformation.tags import tag_resources
from local.cloudformation.template import check_format

_UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class LocalStack(Stack):  # type: ignore[misc]
    """A stack that is created, updated, rolled back and deleted as CloudFormation does it."""

    aws: ClassVar[Account]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.made: dict[str, Made] = {}
        self.stack_status_reason: str | None = None
        self._guard = threading.Lock()
        super().__init__(*args, **kwargs)

    @staticmethod
    def parse_template(template: str) -> dict[str, Any]:
        """Read a template that is JSON as such: the YAML parser takes seconds for the same."""
        parsed: dict[str, Any]
        try:
            parsed = json.loads(template)
        except ValueError:
            parsed = Stack.parse_template(template)
        check_format(parsed)
        return parsed

    @property
    def stack_parameters(self) -> dict[str, Any]:
        """What "use the previous value" means: what was given or is the default, before it is looked up."""
        written = self.template_dict.get("Parameters", {})
        return {name: self.parameters.get(name, written[name].get("Default")) for name in written}

    @property
    def parameter_list(self) -> list[dict[str, str]]:
        """What it was given, a list as the text that it came as, and nothing that is not to be echoed."""
        hidden = self.resource_map.no_echo_parameter_keys
        resolved = self.resource_map.resolved_parameters
        texts = {key: ",".join(map(str, one)) if isinstance(one, list) else str(one) for key, one in resolved.items()}
        return [
            {"ParameterKey": key, "ParameterValue": "****" if key in hidden else text} for key, text in texts.items()
        ]

    @property
    def exports(self) -> list[Export]:
        """What it exports. To ask before its resources are there would make them."""
        exports: list[Export] = super().exports if self.made else []
        return exports

    def begin(self, template: str, parameters: dict[str, Any], tags: dict[str, str] | None) -> None:
        """Create what a change set names, in a stack that has nothing yet."""
        self.template, self.parameters, self.tags = template, parameters, tags or {}
        self._parse_template()
        self.resource_map = self._map(self.template_dict, parameters)
        self._stand("CREATE_IN_PROGRESS", "User Initiated")
        self.create_resources()

    def create_resources(self) -> None:
        """Create everything; what fails takes all that was created with it, and stays as a stack that failed."""
        self.status = "CREATE_IN_PROGRESS"
        deployment = Deployment(self.aws, self, self.resource_map, {})
        try:
            deployment.run()
        except ResourceFailedError as error:
            self._stand("ROLLBACK_IN_PROGRESS", _summary(error))
            self._have({}, self.resource_map, {})
            deployment.clean_up_after_rollback()
            self._stand("ROLLBACK_COMPLETE", _summary(error))
            return
        self._have(deployment.made, self.resource_map, self.template_dict)
        self.description = self.template_dict.get("Description")
        if all(made.resource.is_created() for made in deployment.made.values()):
            self.mark_creation_complete()

    def changes(self, template: str, parameters: dict[str, Any], tags: dict[str, str] | None = None) -> list[Change]:
        """Tell what an update would change. Raises ValidationError for a template that cannot become of this one."""
        return changes_between(self.made, self._map(self.parse_template(template), parameters, tags))

    def same(self, template: str, parameters: dict[str, Any], tags: dict[str, str] | None) -> bool:
        """Tell whether there is nothing to update."""
        return (
            self.template_dict == self.parse_template(template)
            and self._map(self.template_dict, parameters).resolved_parameters == self.resource_map.resolved_parameters
            and (not tags or tags == self.tags)
        )

    def update(
        self,
        template: str,
        role_arn: str | None = None,
        parameters: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Bring the stack to another template, or leave all as it was, and say why.

        Raises ValidationError for what cannot be begun at all.
        """
        parameters = parameters or {}
        self.changes(template, parameters, tags)
        resources = self._map(self.parse_template(template), parameters, tags)
        with self._guard:
            if self.status not in _UPDATABLE:
                raise ValidationError(
                    message=f"Stack:{self.stack_id} is in {self.status} state and can not be updated."
                )
            self._stand("UPDATE_IN_PROGRESS", "User Initiated")
        deployment = Deployment(self.aws, self, resources, self.made)
        try:
            deployment.run()
        except ResourceFailedError as error:
            self._roll_back(deployment, _summary(error))
            return
        self.template, self.parameters = template, parameters
        self._parse_template()
        self._have(deployment.made, resources, self.template_dict)
        self.role_arn, self.description = role_arn, self.template_dict.get("Description")
        self.tags = tags or self.tags
        self._stand("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        deployment.clean_up()
        self._stand("UPDATE_COMPLETE")

    def delete(self) -> None:
        """Delete all that is not to be retained. What cannot be deleted keeps the stack."""
        self._stand("DELETE_IN_PROGRESS", "User Initiated")
        if failed := delete_all(self.aws, self, self.made.values()):
            reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
            # What is gone is not deleted again.
            self._have({name: one for name, one in self.made.items() if name in failed}, self.resource_map, {})
            self._stand("DELETE_FAILED", reason)
            raise StackNotDeletedError(reason)
        self._stand("DELETE_COMPLETE")

    def resource_summaries(self) -> list[dict[str, Any]]:
        """Return what ListStackResources answers, as the events tell it."""
        last = {event.logical_resource_id: event for event in self.events}
        return [
            {
                "LogicalResourceId": made.logical_id,
                "PhysicalResourceId": made.ref,
                "ResourceType": made.resource_type,
                "LastUpdatedTimestamp": last[made.logical_id].timestamp,
                "ResourceStatus": last[made.logical_id].resource_status,
                "ResourceStatusReason": last[made.logical_id].resource_status_reason,
            }
            for made in self.made.values()
        ]

    def tell(self, made: Made, status: str, reason: str | None = None) -> None:
        """Add an event of a resource."""
        self._happened(
            Event(
                stack_id=self.stack_id,
                stack_name=self.name,
                logical_resource_id=made.logical_id,
                physical_resource_id=made.ref if made.resource is not None else "",
                resource_type=made.resource_type,
                resource_status=status,
                resource_status_reason=reason,
                resource_properties=None,
            )
        )

    def holder_of(self, wanted: Made) -> str | None:
        """Return the id of the stack that has a resource of this type and fixed name."""
        taken = (wanted.resource_type, wanted.name)
        for stack in self._backend.stacks.values():
            if wanted.name and taken in {(made.resource_type, made.name) for made in stack.made.values()}:
                return str(stack.stack_id)
        return None

    @property
    def _backend(self) -> Any:
        return cloudformation_backends[self.account_id][self.region_name]

    def _roll_back(self, deployment: Deployment, reason: str) -> None:
        self._stand("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        try:
            deployment.roll_back()
        except ResourceFailedError as error:
            self._stand("UPDATE_ROLLBACK_FAILED", _summary(error))
            return
        self._stand("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", reason)
        deployment.clean_up_after_rollback()
        self._stand("UPDATE_ROLLBACK_COMPLETE", reason)

    def _happened(self, event: Event) -> None:
        # Clients sort them by their time, which has milliseconds.
        if self.events:
            event.timestamp = max(event.timestamp, self.events[-1].timestamp + timedelta(milliseconds=1))
        self.events.append(event)

    def _add_stack_event(
        self, resource_status: str, resource_status_reason: str | None = None, resource_properties: str | None = None
    ) -> None:
        super()._add_stack_event(resource_status, resource_status_reason, resource_properties)
        self._happened(self.events.pop())

    def _stand(self, status: str, reason: str | None = None) -> None:
        self._add_stack_event(status, reason)
        self.status, self.stack_status_reason = status, reason

    def _have(self, made: dict[str, Made], resources: ResourceMap, template: dict[str, Any]) -> None:
        # Resources and outputs are made when they are asked for: what is not there must not be asked for.
        wanted = resources._resource_json_map  # noqa: SLF001
        resources._resource_json_map = {name: wanted[name] for name in wanted if name in made}  # noqa: SLF001
        before = {export.name for export in self.exports}
        self.made, self.resource_map = made, resources
        self.output_map = OutputMap(resources, template, self.stack_id)
        exported = self._backend.exports
        for name in before:
            exported.pop(name, None)
        exported.update({export.name: export for export in self.exports})

    def _create_resource_map(self) -> ResourceMap:
        return self._map(self.template_dict, self.parameters)

    def _map(
        self, template: dict[str, Any], parameters: dict[str, Any], tags: dict[str, str] | None = None
    ) -> ResourceMap:
        resources = ResourceMap(
            self.stack_id,
            self.name,
            parameters,
            self.tags,
            account_id=self.account_id,
            region_name=self.region_name,
            # moto writes into it.
            template=tag_resources(copy.deepcopy(template), tags or self.tags or {}),
            cross_stack_resources=self.cross_stack_resources,
        )
        resources.load()
        return resources


class StackNotDeletedError(Exception):
    """Something of a stack could not be deleted."""


def _summary(error: ResourceFailedError) -> str:
    return f"The following resource(s) failed to {error.doing}: [{error.logical_id}]. {error}"
