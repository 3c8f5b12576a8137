"""The resource types that moto skips silently, or creates only in part."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Self

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel
from moto.iam.models import Role
from moto.kms.models import Key
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.account import Account
from local.cloudformation.errors import AlreadyExistsError
from local.cloudformation.inline_policies import attach_inline, detach_inline
from local.cloudformation.values import Properties, definition_of, lower, text, without_qualifier

WITHOUT_EFFECT = (
    "AWS::CDK::Metadata",
    # moto obeys a policy's Deny whatever its conditions are: "no plain HTTP" would end all access.
    "AWS::S3::BucketPolicy",
)
"""Types that a template may name, and that do nothing here."""

_GONE = frozenset(
    {
        "ResourceNotFoundException",
        "NotFound",
        "NotFoundException",
        "NoSuchEntity",
        "AWS.SimpleQueueService.NonExistentQueue",
    }
)
_OF_A_TOPIC = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)


AFTER_CREATION = {
    "AWS::DynamoDB::Table": frozenset({"PointInTimeRecoverySpecification", "TimeToLiveSpecification"}),
    "AWS::Lambda::Function": frozenset({"ReservedConcurrentExecutions"}),
    # moto would keep it as it stands in the template, and not as text.
    "AWS::IAM::Role": frozenset({"Policies"}),
    "AWS::KMS::Key": frozenset({"KeyPolicy", "Tags"}),
    "AWS::Logs::LogGroup": frozenset({"KmsKeyId"}),
    "AWS::SNS::Topic": frozenset({"Tags"}),
}
"""What moto's models leave out when they are created, by type."""


def models(aws: Account) -> Iterator[type[CloudFormationModel]]:
    """Give a model for each type, to be put where moto looks models up."""
    yield _Function
    yield _Key
    yield _Role
    yield _StateMachine
    for resource_type, create in _CREATORS.items():
        yield _model(aws, resource_type, create)
    for resource_type in WITHOUT_EFFECT:
        yield _model(aws, resource_type, lambda _aws, name, _properties: {"Ref": name})


class ApiResource(CloudFormationModel):  # type: ignore[misc]
    """A resource that is made through its service's own API."""

    resource_type = "?"
    create: Callable[[str, Properties], dict[str, str]]
    remove: Callable[[str, Properties], object]
    """Delete the resource of a physical id, with these properties; one that is gone is as good as deleted."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes

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
        return cls(cls.create(resource_name, cloudformation_json["Properties"]))


def _model(
    aws: Account, resource_type: str, create: Callable[[Account, str, Properties], dict[str, str]]
) -> type[CloudFormationModel]:
    remove_by_api = _REMOVERS.get(resource_type, _leave)

    def remove(ref: str, properties: Properties) -> None:
        try:
            remove_by_api(aws, ref, properties)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise

    members = {
        "resource_type": resource_type,
        "create": staticmethod(lambda name, properties: create(aws, name, properties)),
        "remove": staticmethod(remove),
        # moto files its models by the second part of this.
        "__module__": __name__,
    }
    return type(resource_type.replace("::", ""), (ApiResource,), members)


def _subscription(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    documents = ("FilterPolicy", "DeliveryPolicy", "RedrivePolicy", "ReplayPolicy")
    texts = ("FilterPolicyScope", "RawMessageDelivery", "SubscriptionRoleArn")
    attributes = {name: json.dumps(properties[name]) for name in documents if name in properties}
    attributes |= {name: text(properties[name]) for name in texts if name in properties}
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
    aws.client("lambda").put_function_event_invoke_config(**without_qualifier(properties))
    return {"Ref": name}


def _alias(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    keys = ("FunctionName", "FunctionVersion", "Name", "Description")
    answer = aws.client("lambda").create_alias(**{key: properties[key] for key in keys if key in properties})
    return {"Ref": answer["AliasArn"], "AliasArn": answer["AliasArn"]}


def _function_version(aws: Account, _: str, properties: Properties) -> dict[str, str]:
    keys = ("FunctionName", "CodeSha256", "Description")
    client = aws.client("lambda")
    published = {version["Version"] for version in _versions(aws, properties)}
    answer = client.publish_version(**{key: properties[key] for key in keys if key in properties})
    if answer["Version"] in published:
        raise AlreadyExistsError(
            f"A version for this Lambda function exists ( {answer['Version']} ). "
            "Modify the function to create a new version."
        )
    arn = answer["FunctionArn"]
    return {"Ref": arn, "FunctionArn": arn, "Version": answer["Version"]}


def _versions(aws: Account, properties: Properties) -> Iterator[dict[str, Any]]:
    pages = aws.client("lambda").get_paginator("list_versions_by_function")
    for page in pages.paginate(FunctionName=properties["FunctionName"]):
        yield from page["Versions"]


def _remove_function_version(aws: Account, ref: str, _: Properties) -> None:
    aws.client("lambda").delete_function(FunctionName=ref)


def _permission(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    aws.client("lambda").add_permission(StatementId=name, **properties)
    return {"Ref": name, "Id": name}


def _remove_permission(aws: Account, ref: str, properties: Properties) -> None:
    aws.client("lambda").remove_permission(FunctionName=properties["FunctionName"], StatementId=ref)


def _inline_policy(aws: Account, name: str, properties: Properties) -> dict[str, str]:
    attach_inline(aws, properties)
    return {"Ref": name, "Id": name}


def _remove_inline_policy(aws: Account, _: str, properties: Properties) -> None:
    detach_inline(aws, properties, except_for={})


def _unsubscribe(aws: Account, ref: str, _: Properties) -> None:
    aws.client("sns").unsubscribe(SubscriptionArn=ref)


def _remove_topic_policy(aws: Account, _: str, properties: Properties) -> None:
    for topic in properties["Topics"]:
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [f"SNS:{action}" for action in _OF_A_TOPIC],
            "Resource": topic,
            "Condition": {"StringEquals": {"AWS:SourceOwner": aws.account_id}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        aws.client("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )


def _remove_queue_policy(aws: Account, _: str, properties: Properties) -> None:
    for queue in properties["Queues"]:
        url = f"{aws.endpoint_url}/{aws.account_id}/{queue.rsplit('/', 1)[-1]}"
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def _remove_alarm(aws: Account, ref: str, _: Properties) -> None:
    aws.client("cloudwatch").delete_alarms(AlarmNames=[ref])


def _remove_dashboard(aws: Account, ref: str, _: Properties) -> None:
    aws.client("cloudwatch").delete_dashboards(DashboardNames=[ref])


def _remove_alias(aws: Account, _: str, properties: Properties) -> None:
    aws.client("lambda").delete_alias(FunctionName=properties["FunctionName"], Name=properties["Name"])


def _remove_event_invoke_config(aws: Account, _: str, properties: Properties) -> None:
    aws.client("lambda").delete_function_event_invoke_config(FunctionName=properties["FunctionName"])


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
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Version": _function_version,
    "AWS::IAM::Policy": _inline_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
}
_REMOVERS: dict[str, Callable[[Account, str, Properties], object]] = {
    "AWS::CloudWatch::Alarm": _remove_alarm,
    "AWS::CloudWatch::Dashboard": _remove_dashboard,
    "AWS::IAM::Policy": _remove_inline_policy,
    "AWS::Lambda::Alias": _remove_alias,
    "AWS::Lambda::EventInvokeConfig": _remove_event_invoke_config,
    "AWS::Lambda::Permission": _remove_permission,
    "AWS::Lambda::Version": _remove_function_version,
    "AWS::SNS::Subscription": _unsubscribe,
    "AWS::SNS::TopicPolicy": _remove_topic_policy,
    "AWS::SQS::QueuePolicy": _remove_queue_policy,
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


class _Role(Role):  # type: ignore[misc]
    """A role that gets its inline policies when it is there, through the API."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *args: str, **kwargs: Any
    ) -> Role:
        given = {name: value for name, value in cloudformation_json["Properties"].items() if name != "Policies"}
        return super().create_from_cloudformation_json(resource_name, {"Properties": given}, *args, **kwargs)


class _Key(Key):  # type: ignore[misc]
    """A key that gets its tags when it is there, through the API, which has other names for their parts."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, *args: str, **kwargs: Any
    ) -> Key:
        given = {name: value for name, value in cloudformation_json["Properties"].items() if name != "Tags"}
        return super().create_from_cloudformation_json(resource_name, {"Properties": given}, *args, **kwargs)


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
        return stepfunctions_parser_backends[account_id][region_name].create_state_machine(
            name=properties.get("StateMachineName", resource_name),
            definition=definition_of(properties),
            roleArn=properties["RoleArn"],
            tags=[{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags", [])],
            loggingConfiguration=lower(properties.get("LoggingConfiguration")),
            tracingConfiguration=lower(properties.get("TracingConfiguration")),
            encryptionConfiguration=lower(properties.get("EncryptionConfiguration")),
            sm_type=properties.get("StateMachineType"),
        )
