"""One change of a stack, and the roll-back if it fails."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from moto.cloudformation import parsing
from moto.cloudformation.parsing import ResourceMap, clean_json
from moto.kms.models import Key, kms_backends

from local.account import Account
from local.cloudformation.changes_in_place import change_in_place
from local.cloudformation.errors import AlreadyExistsError, RefusedError
from local.cloudformation.resources import AFTER_CREATION, ApiResource
from local.cloudformation.schemas import create_only, fixed_name
from local.cloudformation.template import Resources, in_order
from local.cloudformation.values import Properties

_RETAINED = ("Retain", "RetainExceptOnCreate")
_LONGEST_WINDOW = 30
"""Days for which a key waits for its deletion, if its template does not say."""
_REPLACES = "Requested update requires the creation of a new physical resource; hence creating one."


class ResourceFailedError(Exception):
    """A resource could not be made, changed or deleted as a template wants it."""

    def __init__(self, logical_id: str, doing: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.doing = doing
        """`create`, `update` or `delete`."""


@dataclass(frozen=True)
class Made:
    """A resource as it is deployed."""

    logical_id: str
    resource_type: str
    resource: Any
    """moto's model of it."""
    properties: Properties
    """With all references resolved."""
    definition: dict[str, Any]
    """What the template says."""

    @property
    def ref(self) -> str:
        """The physical id."""
        return str(getattr(self.resource, "physical_resource_id", self.logical_id))

    @property
    def name(self) -> tuple[str, Any] | None:
        """The name that the template gives it."""
        return fixed_name(self.resource_type, self.properties)


class Stage(Protocol):
    """What a deployment is part of."""

    stack_id: str

    def tell(self, made: Made, status: str, reason: str | None = None) -> None:
        """Add an event of a resource."""

    def holder_of(self, wanted: Made) -> str | None:
        """Return the id of the stack that has a resource of this type and fixed name."""


class Deployment:
    """Makes and changes resources in the order in which they refer to each other; nothing is deleted before the end."""

    def __init__(self, aws: Account, stage: Stage, resources: ResourceMap, before: dict[str, Made]) -> None:
        """`resources` is moto's map of the new template, loaded; it resolves what refers to the resources in it."""
        self._aws = aws
        self._stage = stage
        self._resources = resources
        self._wanted: Resources = resources._resource_json_map  # noqa: SLF001
        self._before = before
        self.made: dict[str, Made] = {}
        self._created: list[Made] = []
        self._changed: list[tuple[Made, Made]] = []

    def run(self) -> None:
        """Make and change. Raises ResourceFailedError, after which `roll_back` is due."""
        for logical_id in in_order(self._wanted):
            definition = self._wanted[logical_id]
            condition = definition.get("Condition")
            if not condition or self._resources.lazy_condition_map[condition]:
                self._bring(logical_id, definition)

    def clean_up(self) -> None:
        """Delete what the new template does not name any more, and what was replaced."""
        for name, made in reversed(self._before.items()):
            if name in self.made and self.made[name].resource is made.resource:
                continue
            policy = "UpdateReplacePolicy" if name in self.made else "DeletionPolicy"
            definition = self.made.get(name, made).definition
            discard(self._aws, self._stage, made, retain=definition.get(policy) in _RETAINED)

    def roll_back(self) -> None:
        """Change back what was changed. Raises ResourceFailedError."""
        for before, after in reversed(self._changed):
            self._stage.tell(before, "UPDATE_IN_PROGRESS")
            self._change(before, old=after.properties, new=before.properties)
            self._stage.tell(before, "UPDATE_COMPLETE")

    def clean_up_after_rollback(self) -> None:
        """Delete what was made in vain."""
        for made in reversed(self._created):
            discard(self._aws, self._stage, made, retain=made.definition.get("DeletionPolicy") == "Retain")

    def _bring(self, logical_id: str, definition: dict[str, Any]) -> None:
        before = self._before.get(logical_id)
        wanted = Made(logical_id, definition["Type"], getattr(before, "resource", None), {}, definition)
        try:
            properties = copy.deepcopy(clean_json(definition.get("Properties", {}), self._resources))
        except Exception as error:
            doing = "update" if before else "create"
            self._stage.tell(wanted, f"{doing.upper()}_FAILED", _told(error))
            raise ResourceFailedError(logical_id, doing, _told(error)) from error
        wanted = replace(wanted, properties=properties)
        if before is None:
            self._create(wanted)
        elif before.properties == properties:
            self._keep(wanted)
        elif replaces(before, properties):
            self._replace(before, wanted)
        else:
            self._update(before, wanted)

    def _keep(self, made: Made) -> None:
        self._resources._parsed_resources[made.logical_id] = made.resource  # noqa: SLF001
        self.made[made.logical_id] = made

    def _update(self, before: Made, wanted: Made) -> None:
        self._stage.tell(before, "UPDATE_IN_PROGRESS")
        try:
            self._change(before, old=before.properties, new=wanted.properties)
        except ResourceFailedError as error:
            self._stage.tell(before, "UPDATE_FAILED", str(error))
            if not isinstance(error.__cause__, RefusedError):
                # What the service refuses may be changed in part.
                self._changed.append((before, wanted))
            raise
        self._changed.append((before, wanted))
        self._stage.tell(before, "UPDATE_COMPLETE")
        self._keep(wanted)

    def _replace(self, before: Made, wanted: Made) -> None:
        self._stage.tell(before, "UPDATE_IN_PROGRESS", _REPLACES)
        name = wanted.name
        if name is not None and name == before.name:
            reason = (
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name[0]} and update the stack again."
            )
            self._stage.tell(before, "UPDATE_FAILED", reason)
            raise ResourceFailedError(wanted.logical_id, "update", reason)
        made = self._make(replace(wanted, resource=None), doing="update")
        self._stage.tell(made, "UPDATE_COMPLETE")

    def _create(self, wanted: Made) -> None:
        self._stage.tell(wanted, "CREATE_IN_PROGRESS")
        made = self._make(wanted, doing="create")
        self._stage.tell(made, "CREATE_COMPLETE")

    def _make(self, wanted: Made, *, doing: str) -> Made:
        failed = f"{doing.upper()}_FAILED"
        try:
            self._refuse_taken_name(wanted)
            resource = self._resources[wanted.logical_id]
            made = replace(wanted, resource=resource)
            self._keep(made)
            self._created.append(made)
            late = AFTER_CREATION.get(wanted.resource_type, frozenset()) & wanted.properties.keys()
            if late:
                more = {name: wanted.properties[name] for name in late}
                change_in_place(self._aws, wanted.resource_type, made.ref, {}, more)
        except Exception as error:
            self._stage.tell(wanted, failed, _told(error))
            raise ResourceFailedError(wanted.logical_id, doing, _told(error)) from error
        return made

    def _refuse_taken_name(self, wanted: Made) -> None:
        here = {(made.resource_type, made.name) for made in self.made.values()}
        holder = self._stage.stack_id if (wanted.resource_type, wanted.name) in here else self._stage.holder_of(wanted)
        if wanted.name and holder:
            raise AlreadyExistsError(f"{wanted.name[0]} already exists in stack {holder}")

    def _change(self, made: Made, *, old: Properties, new: Properties) -> None:
        try:
            change_in_place(self._aws, made.resource_type, made.ref, old, new)
        except Exception as error:
            raise ResourceFailedError(made.logical_id, "update", _told(error)) from error


def replaces(before: Made, properties: Properties) -> bool:
    """Tell whether these properties take another physical resource."""
    paths = create_only(before.resource_type)
    return any(at(before.properties, path) != at(properties, path) for path in paths)


def discard(aws: Account, stage: Stage, made: Made, *, retain: bool) -> bool:
    """Delete a resource, or let it be; the events tell what came of it. Return whether it is dealt with."""
    if retain:
        stage.tell(made, "DELETE_SKIPPED")
        return True
    stage.tell(made, "DELETE_IN_PROGRESS")
    try:
        _delete(aws, made)
    except Exception as error:  # noqa: BLE001 - which the event tells
        stage.tell(made, "DELETE_FAILED", _told(error))
        return False
    stage.tell(made, "DELETE_COMPLETE")
    return True


def _delete(aws: Account, made: Made) -> None:
    resource = made.resource
    if isinstance(resource, ApiResource):
        resource.remove(made.ref, made.properties)
    elif isinstance(resource, Key):
        # It waits for its deletion, and can still be had back.
        days = int(made.properties.get("PendingWindowInDays", _LONGEST_WINDOW))
        kms_backends[aws.account_id][aws.region].schedule_key_deletion(resource.id, days)
        resource.deletion_date = aws.clock.now().replace(tzinfo=None) + timedelta(days=days)
    elif hasattr(resource, "delete"):
        resource.delete(aws.account_id, aws.region)
    elif resource is not None:
        deployed = {"Type": made.resource_type, "Properties": made.properties}
        parsing.parse_and_delete_resource(made.ref, deployed, aws.account_id, aws.region)


def delete_all(aws: Account, stage: Stage, made: Iterable[Made]) -> list[str]:
    """Delete a stack's resources, what was made last first. Return the logical ids of those that could not be."""
    return [
        one.logical_id
        for one in reversed(list(made))
        if not discard(aws, stage, one, retain=one.definition.get("DeletionPolicy") in _RETAINED)
    ]


def at(properties: Any, path: tuple[str, ...]) -> Any:
    """Return what stands at a path; `None` where there is nothing."""
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def _told(error: Exception) -> str:
    if isinstance(error, ResourceFailedError | RefusedError):
        return str(error)
    return f"{type(error).__name__}: {error}"
