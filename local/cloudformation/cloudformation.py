"""CloudFormation that deploys everything in a template, or reports what it could not do and why."""

import json
from collections.abc import Callable
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.logs.models import LogGroup

from local.account import Account
from local.cloudformation.changes import Change
from local.cloudformation.errors import UnknownTypeError
from local.cloudformation.resources import models as resource_models
from local.cloudformation.schemas import schema_of
from local.cloudformation.stack import LocalStack, StackNotDeletedError

_LONGEST_NAMES = {
    "AWS::Events::Rule": 64,
    "AWS::IAM::Role": 64,
    "AWS::Lambda::Function": 64,
    "AWS::Lambda::Permission": 100,
    "AWS::StepFunctions::StateMachine": 80,
}
_OF_A_LONG_NAME = 24
_NO_UPDATES = "No updates are to be performed."
_NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def install(aws: Account) -> None:
    """Let stacks create what moto passes over, be updated, and fail where anything is missing."""
    by_type, names = parsing.get_model_map(), parsing.get_name_type_map()
    for model in resource_models(aws):
        aws.replace_item(by_type, model.cloudformation_type(), model)
        aws.replace_item(names, model.cloudformation_type(), model.cloudformation_name_type())
    aws.replace(LogGroup, "get_cfn_attribute", _log_group_attribute)
    aws.replace(parsing, "generate_resource_name", _that_fits(parsing.generate_resource_name))
    aws.replace(parsing, "parse_and_create_resource", _strict(parsing.parse_and_create_resource))
    aws.replace(models, "Stack", type("StackHere", (LocalStack,), {"aws": aws, "__module__": __name__}))
    aws.replace(models, "ChangeSet", _ChangeSet)
    aws.replace(cloudformation_backends, "backend", _Backend)
    # The CDK asks for both after a change set that failed.
    aws.replace(CloudFormationResponse, "describe_events", lambda _: ActionResult({"OperationEvents": []}))
    aws.replace(CloudFormationResponse, "list_hook_results", lambda _: ActionResult({"HookResults": []}))
    aws.replace(CloudFormationResponse, "describe_type", _describe_type)
    aws.replace(CloudFormationResponse, "update_termination_protection", _update_termination_protection)
    aws.replace(CloudFormationResponse, "list_stack_resources", _list_stack_resources)
    # A change set that changes nothing is made, and failed.
    aws.replace(CloudFormationResponse, "_validate_different_update", lambda *_: None)


def _update_termination_protection(response: CloudFormationResponse) -> ActionResult:
    name = response._get_param("StackName")  # noqa: SLF001
    protects = response._get_bool_param("EnableTerminationProtection")  # noqa: SLF001
    return ActionResult({"StackId": response.cloudformation_backend.protect(name, protects=protects)})


def _list_stack_resources(response: CloudFormationResponse) -> ActionResult:
    """Say how each resource stands, where moto says of all that they are created."""
    stack, _ = response.cloudformation_backend.list_stack_resources(response._get_param("StackName"))  # noqa: SLF001
    return ActionResult({"StackResourceSummaries": stack.resource_summaries()})


def _log_group_attribute(group: LogGroup, name: str) -> str:
    if name != "Arn":
        raise UnformattedGetAttTemplateException
    # moto's has no end; CloudFormation's is of the group and all its streams.
    return f"{group.arn}:*"


class TypeNotFoundError(ServiceException):  # type: ignore[misc]
    """CloudFormation knows no such type."""

    code = "TypeNotFoundException"


def _describe_type(self: CloudFormationResponse) -> ActionResult:
    """Answer with the schema of a resource type. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"""
    name = self._get_param("TypeName")
    schema = schema_of(name)
    if schema is None:
        raise TypeNotFoundError(f"The type '{name}' cannot be found.")
    written = json.dumps(schema)
    kind = "arn:aws:cloudformation:us-east-1::type/resource/" + name.replace("::", "-")
    return ActionResult({"Arn": kind, "Type": "RESOURCE", "TypeName": name, "Schema": written, "Visibility": "PUBLIC"})


class ChangeSetNotFoundError(ServiceException):  # type: ignore[misc]
    """There is no such change set. The CDK waits for it after it has deleted one."""

    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


def _that_fits(generate: Callable[[str, str, str], str]) -> Callable[[str, str, str], str]:
    """Shorten the parts of a made-up name where the service would refuse the whole."""

    def generate_resource_name(resource_type: str, stack_name: str, logical_id: str) -> str:
        name = generate(resource_type, stack_name, logical_id)
        if len(name) > _LONGEST_NAMES.get(resource_type, len(name)):
            return generate(resource_type, stack_name[:_OF_A_LONG_NAME], logical_id[:_OF_A_LONG_NAME])
        return name

    return generate_resource_name


def _strict(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let the creation of a resource fail where moto returns `None` for what it does not know."""

    def parse_and_create_resource(
        logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str
    ) -> Any:
        resource_type = resource_json["Type"]
        condition = resource_json.get("Condition")
        if condition and not resources_map.lazy_condition_map[condition]:
            return None
        if parsing.resource_class_from_type(resource_type) is None and resource_type not in parsing.NULL_MODELS:
            raise UnknownTypeError(f"The local AWS does not know {resource_type}")
        return create(logical_id, resource_json, resources_map, account_id, region_name)

    return parse_and_create_resource


class _ChangeSet(ChangeSet):  # type: ignore[misc]
    refusal: str | None = None

    def _parse_template(self) -> None:
        self.template_dict = LocalStack.parse_template(self.template)

    def diff(self) -> list[Change]:
        """Tell what it changes; what cannot be updated so is remembered for its status."""
        try:
            changes: list[Change] = self.stack.changes(self.template, self.parameters, self.tags)
        except ValidationError as error:
            if self.change_set_type == "CREATE":
                raise
            self.refusal = error.message
            return []
        return changes


class _Backend(CloudFormationBackend):  # type: ignore[misc]
    @property
    def _url_module(self) -> Any:
        from moto.cloudformation import urls

        return urls

    def create_change_set(
        self,
        stack_name: str,
        change_set_name: str,
        template: str,
        parameters: dict[str, str],
        description: str,
        change_set_type: str,
        notification_arns: list[str] | None = None,
        tags: dict[str, str] | None = None,
        role_arn: str | None = None,
    ) -> tuple[str, str]:
        """Create a change set; it fails, as in AWS, if it changes nothing or may not change what it does."""
        for stack in list(self.stacks.values()):
            # What has only been reviewed so far is begun anew.
            if change_set_type == "CREATE" and stack.name == stack_name and stack.status == "REVIEW_IN_PROGRESS":
                del self.stacks[stack.stack_id]
        change_set_id, stack_id = super().create_change_set(
            stack_name,
            change_set_name,
            template,
            parameters,
            description,
            change_set_type,
            notification_arns,
            tags,
            role_arn,
        )
        change_set = self.change_sets[change_set_id]
        reason = change_set.refusal
        if change_set_type == "UPDATE" and reason is None:
            reason = _NO_CHANGES if change_set.stack.same(template, parameters, tags) else None
        status = ("FAILED", "UNAVAILABLE") if reason else ("CREATE_COMPLETE", "AVAILABLE")
        change_set.status, change_set.execution_status = status
        change_set.status_reason = reason
        return change_set_id, stack_id

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

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:  # noqa: ARG002
        """Apply a change set; one that cannot be applied leaves its stack as it was, or failed."""
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        if change_set.change_set_type == "CREATE":
            stack.begin(change_set.template, change_set.parameters, change_set.tags)
        else:
            stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
        done = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "CREATE_IN_PROGRESS")
        change_set.execution_status = "EXECUTE_COMPLETE" if done else "EXECUTE_FAILED"

    def update_stack(
        self,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Stack:
        """Update a stack, at once."""
        stack = self.get_stack(name)
        previous = stack.stack_parameters
        resolved = {
            key: given["ParameterValue"] if "ParameterValue" in given else previous[key]
            for given in parameters
            if (key := given["ParameterKey"]) in previous or "ParameterValue" in given
        }
        if stack.same(template, resolved, tags):
            raise ValidationError(message=_NO_UPDATES)
        stack.update(template, role_arn, parameters=resolved, tags=tags)
        return stack

    def protect(self, name_or_stack_id: str, *, protects: bool) -> str:
        """Let a stack be deleted, or not; its id."""
        stack = next((one for one in self.stacks.values() if name_or_stack_id in (one.name, one.stack_id)), None)
        if stack is None:
            raise ValidationError(message=f"Stack [{name_or_stack_id}] does not exist")
        stack.enable_termination_protection = protects
        return str(stack.stack_id)

    def delete_stack(self, name_or_stack_id: str) -> None:
        """Delete a stack; one of which something cannot be deleted stays, and says so."""
        stack = next((one for one in self.stacks.values() if name_or_stack_id in (one.name, one.stack_id)), None)
        if stack is None:
            return
        if stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{name_or_stack_id}] cannot be deleted while TerminationProtection is enabled"
            )
        try:
            super().delete_stack(stack.stack_id)
        except StackNotDeletedError:
            self.stacks[stack.stack_id] = stack
