"""CloudFormation that creates everything a template names, or says what it could not create and why."""

import json
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import OutputMap
from moto.core.exceptions import ServiceException

from local.account import Account
from local.cloudformation.resources import models

_STACK = "AWS::CloudFormation::Stack"
_NO_UPDATES = "The local AWS creates stacks and updates none: destroy this one, and deploy it again"


def install(aws: Account) -> None:
    """Let stacks create what moto passes over, and fail where anything is missing."""
    by_type, names = parsing.get_model_map(), parsing.get_name_type_map()
    for model in models(aws):
        aws.replace_item(by_type, model.cloudformation_type(), model)
        aws.replace_item(names, model.cloudformation_type(), model.cloudformation_name_type())
    aws.replace(parsing, "parse_and_create_resource", _strict(parsing.parse_and_create_resource))
    aws.replace(Stack, "parse_template", staticmethod(_json_first(Stack.parse_template)))
    aws.replace(cloudformation_backends, "backend", _Backend)


class ChangeSetNotFoundError(ServiceException):  # type: ignore[misc]
    """There is no such change set. The CDK waits for it after it has deleted one."""

    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


class ResourceFailedError(Exception):
    """A resource of a template could not be created."""

    def __init__(self, logical_id: str, resource_type: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.reason = reason


def _strict(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let the creation of a resource name the resource that failed; moto returns `None` for what it does not know."""

    def parse_and_create_resource(
        logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str
    ) -> Any:
        resource_type = resource_json["Type"]
        condition = resource_json.get("Condition")
        if condition and not resources_map.lazy_condition_map[condition]:
            return None
        if parsing.resource_class_from_type(resource_type) is None and resource_type not in parsing.NULL_MODELS:
            raise ResourceFailedError(logical_id, resource_type, f"The local AWS does not know {resource_type}")
        try:
            return create(logical_id, resource_json, resources_map, account_id, region_name)
        except ResourceFailedError:
            raise
        except Exception as error:
            raise ResourceFailedError(logical_id, resource_type, f"{type(error).__name__}: {error}") from error

    return parse_and_create_resource


def _json_first(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read a template that is JSON as such: the YAML parser takes seconds for the same."""

    def parse_template(template: str) -> Any:
        try:
            return json.loads(template)
        except ValueError:
            return parse(template)

    return parse_template


class _Backend(CloudFormationBackend):  # type: ignore[misc]
    @property
    def _url_module(self) -> Any:
        from moto.cloudformation import urls

        return urls

    def create_stack(self, name: str, *args: Any, **kwargs: Any) -> Stack:
        """Create a stack; one that cannot be created stays, as in AWS, and tells why in its events."""
        try:
            return super().create_stack(name, *args, **kwargs)
        except ResourceFailedError as error:
            stack = self.get_stack(name)
            _fail(stack, "ROLLBACK_COMPLETE", error)
            return stack

    def delete_change_set(self, change_set_name: str) -> None:
        """Delete a change set. The CDK deletes the one before, whether there was one or not."""
        names = {change_set.change_set_name for change_set in self.change_sets.values()}
        if change_set_name in self.change_sets or change_set_name in names:
            super().delete_change_set(change_set_name)

    def describe_change_set(self, change_set_name: str) -> ChangeSet:
        """Describe a change set. moto says of one that is not there that its stack is not."""
        try:
            return super().describe_change_set(change_set_name)
        except ValidationError as error:
            raise ChangeSetNotFoundError(change_set_name) from error

    def update_stack(self, name: str, *_: Any, **__: Any) -> Stack:
        """Leave a stack as it is, and say so."""
        stack = self.get_stack(name)
        _refuse_update(stack)
        return stack

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Apply a change set; one that cannot be applied leaves its stack failed."""
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        if change_set.change_set_type != "CREATE":
            change_set.execution_status = "EXECUTE_FAILED"
            _refuse_update(stack)
            return
        try:
            super().execute_change_set(change_set_name, stack_name)
        except ResourceFailedError as error:
            change_set.execution_status = "EXECUTE_FAILED"
            _fail(stack, "ROLLBACK_COMPLETE", error)
        else:
            # moto leaves the outputs of the empty template that the stack began with.
            stack.output_map = OutputMap(stack.resource_map, change_set.template_dict, stack.stack_id)


def _refuse_update(stack: Stack) -> None:
    # moto's updates lose resources and outputs: better none.
    _tell_failure(stack, "UPDATE_ROLLBACK_COMPLETE", ResourceFailedError(stack.name, _STACK, _NO_UPDATES))


def _fail(stack: Stack, status: str, error: ResourceFailedError) -> None:
    # Resources and outputs are made when they are asked for: what has failed must not be asked for again.
    resources = stack.resource_map
    made = set(resources._parsed_resources)  # noqa: SLF001
    wanted = resources._resource_json_map  # noqa: SLF001
    resources._resource_json_map = {name: wanted[name] for name in wanted if name in made}  # noqa: SLF001
    stack.output_map = OutputMap(resources, {}, stack.stack_id)
    _tell_failure(stack, status, error)


def _tell_failure(stack: Stack, status: str, error: ResourceFailedError) -> None:
    stack.status = status
    failure = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=error.logical_id,
        physical_resource_id="",
        resource_type=error.resource_type,
        resource_status="CREATE_FAILED",
        resource_status_reason=error.reason,
        resource_properties=None,
    )
    stack.events.append(failure)
    stack._add_stack_event(status, error.reason)  # noqa: SLF001
