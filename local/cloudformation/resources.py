"""The types of CloudFormation resource that moto passes over in silence or creates in part."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Self

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.account import Account

Properties = dict[str, Any]

WITHOUT_EFFECT = (
    "AWS::CDK::Metadata",
    # moto obeys a policy's Deny whatever its conditions are: "no plain HTTP" would end all access.
    "AWS::S3::BucketPolicy",
)
"""Types that a template may name, and that do nothing here."""


def models(aws: Account) -> Iterator[type[CloudFormationModel]]:
    """Give a model for each type, to be put where moto looks models up."""
    yield _Function
    yield _StateMachine
    for resource_type, create in _CREATORS.items():
        yield _model(aws, resource_type, create)
    for resource_type in WITHOUT_EFFECT:
        yield _model(aws, resource_type, lambda _aws, name, _properties: {"Ref": name})


class _ApiResource(CloudFormationModel):  # type: ignore[misc]
    """A resource that is made through its service's own API."""

    resource_type = "?"
    create: Callable[[str, Properties], dict[str, str]]
    remove: Callable[[str, Properties], object]

    def __init__(self, attributes: dict[str, str], remove: Callable[[], object]) -> None:
        self._attributes = attributes
        self._remove = remove

    @property
    def physical_resource_id(self) -> str:
        return self._attributes["Ref"]

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.resource_type

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name not in self._attributes:
            raise UnformattedGetAttTemplateException
        return self._attributes[attribute_name]

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *_: str, **__: Any
    ) -> Self:
        properties = cloudformation_json["Properties"]
        attributes = cls.create(resource_name, properties)
        return cls(attributes, lambda: cls.remove(attributes["Ref"], properties))

    def delete(self, *_: str) -> None:
        """Delete the resource with its stack; one that is gone is as good as deleted."""
        try:
            self._remove()
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise


def _model(
    aws: Account, resource_type: str, create: Callable[[Account, str, Properties], dict[str, str]]
) -> type[CloudFormationModel]:
    remove = _REMOVERS.get(resource_type, _leave)
    members = {
        "resource_type": resource_type,
        "create": staticmethod(lambda name, properties: create(aws, name, properties)),
        "remove": staticmethod(lambda ref, properties: remove(aws, ref, properties)),
        # moto files its models by the second part of this.
        "__module__": __name__,
    }
    return type(resource_type.replace("::", ""), (_ApiResource,), members)


def _subscription(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    documents = ("FilterPolicy", "DeliveryPolicy", "RedrivePolicy", "ReplayPolicy")
    texts = ("FilterPolicyScope", "RawMessageDelivery", "SubscriptionRoleArn")
    attributes = {name: json.dumps(properties[name]) for name in documents if name in properties}
    attributes |= {name: _text(properties[name]) for name in texts if name in properties}
    answer = aws.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return {"Ref": answer["SubscriptionArn"], "Arn": answer["SubscriptionArn"]}


def _topic_policy(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    for topic in properties["Topics"]:
        aws.client("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])
        )
    return {"Ref": name, "Id": name}


def _queue_policy(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    for queue in properties["Queues"]:
        aws.client("sqs").set_queue_attributes(
            QueueUrl=f"{aws.endpoint_url}/{aws.account_id}/{queue.rsplit('/', 1)[-1]}",
            Attributes={"Policy": json.dumps(properties["PolicyDocument"])},
        )
    return {"Ref": name, "Id": name}


def _alarm(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    alarm = {"AlarmName": name, **properties}
    aws.client("cloudwatch").put_metric_alarm(**alarm)
    arn = f"arn:aws:cloudwatch:{aws.region}:{aws.account_id}:alarm:{alarm['AlarmName']}"
    return {"Ref": alarm["AlarmName"], "Arn": arn}


def _dashboard(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    dashboard = properties.get("DashboardName", name)
    aws.client("cloudwatch").put_dashboard(DashboardName=dashboard, DashboardBody=properties["DashboardBody"])
    return {"Ref": dashboard}


def _event_invoke_config(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    # Only the latest version is served here.
    settings = {key: value for key, value in properties.items() if key != "Qualifier"}
    aws.client("lambda").put_function_event_invoke_config(**settings)
    return {"Ref": name}


def _alias(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    keys = ("FunctionName", "FunctionVersion", "Name", "Description")
    answer = aws.client("lambda").create_alias(**{key: properties[key] for key in keys if key in properties})
    return {"Ref": answer["AliasArn"], "AliasArn": answer["AliasArn"]}


def _version(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    api = aws.client("lambda")
    pages = api.get_paginator("list_versions_by_function").paginate(FunctionName=properties["FunctionName"])
    before = {version["Version"] for page in pages for version in page["Versions"]}
    keys = ("FunctionName", "CodeSha256", "Description")
    published = api.publish_version(**{key: properties[key] for key in keys if key in properties})
    number, arn = published["Version"], published["FunctionArn"]
    if number in before:
        raise ValueError(
            f"A version for this Lambda function exists ( {number} ). Modify the function to create a new version."
        )
    return {"Ref": arn, "FunctionArn": arn, "Version": number}


def _remove_version(aws: Account, arn: str, _: Properties) -> None:
    aws.client("lambda").delete_function(FunctionName=arn)


def _schedule_group(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    group = {"Name": _shortened(name), **properties}
    answer = aws.client("scheduler").create_schedule_group(**group)
    return {"Ref": group["Name"], "Arn": answer["ScheduleGroupArn"]}


def _remove_schedule_group(aws: Account, name: str, _: Properties) -> None:
    aws.client("scheduler").delete_schedule_group(Name=name)


def _schedule(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    schedule = {"Name": _shortened(name), **properties}
    answer = aws.client("scheduler").create_schedule(**schedule)
    return {"Ref": schedule["Name"], "Arn": answer["ScheduleArn"]}


def _leave(_aws: Account, _ref: str, _properties: Properties) -> None:
    """Let what nobody looks at any more be."""


def _remove_schedule(aws: Account, name: str, properties: Properties) -> None:
    aws.client("scheduler").delete_schedule(Name=name, GroupName=properties.get("GroupName", "default"))


def _shortened(name: str) -> str:
    """Fit a made-up name, which ends in what makes it unique, into Scheduler's 64 characters."""
    head, _, unique = name.rpartition("-")
    return f"{head[: 63 - len(unique)]}-{unique}"


_CREATORS: dict[str, Callable[[Account, str, Properties], dict[str, str]]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::EventInvokeConfig": _event_invoke_config,
    "AWS::Lambda::Version": _version,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
}
_REMOVERS: dict[str, Callable[[Account, str, Properties], object]] = {
    "AWS::Lambda::Version": _remove_version,
    "AWS::Scheduler::Schedule": _remove_schedule,
    "AWS::Scheduler::ScheduleGroup": _remove_schedule_group,
}


class _Function(LambdaFunction):  # type: ignore[misc]
    """A function with the properties that moto reads from the API but not from a template."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str, **kwargs: Any
    ) -> LambdaFunction:
        properties = cloudformation_json["Properties"]
        function = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **kwargs
        )
        function.architectures = properties.get("Architectures", function.architectures)
        function.tracing_config = properties.get("TracingConfig", function.tracing_config)
        function.tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        function.dead_letter_config = properties.get("DeadLetterConfig")
        function.log_group = properties.get("LoggingConfig", {}).get("LogGroup")
        if layers := properties.get("Layers"):
            raise NotImplementedError(f"layers are not served: {layers}")
        return function


class _StateMachine(StateMachine):  # type: ignore[misc]
    """A state machine with logging, tracing, and substitutions in its definition."""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Arn" or super().has_cfn_attr(attr)

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str, **_: Any
    ) -> StateMachine:
        properties = cloudformation_json["Properties"]
        definition = properties.get("DefinitionString") or json.dumps(properties["Definition"])
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            definition = definition.replace(f"${{{name}}}", _text(value))
        return stepfunctions_parser_backends[account_id][region_name].create_state_machine(
            name=properties.get("StateMachineName", resource_name),
            definition=definition,
            roleArn=properties["RoleArn"],
            tags=[{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])],
            loggingConfiguration=_lower(properties.get("LoggingConfiguration")),
            tracingConfiguration=_lower(properties.get("TracingConfiguration")),
            sm_type=properties.get("StateMachineType"),
        )


def _lower(value: Any) -> Any:
    """Write the keys of a template's property as the service's API does."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _lower(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lower(item) for item in value]
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
