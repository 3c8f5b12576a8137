"""Updates of a resource in place, by its service's own API, so that it keeps its data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.dynamodb.models import dynamodb_backends

from local.account import Account
from local.cloudformation.errors import UnchangeableError
from local.cloudformation.inline_policies import attach_inline, detach_inline
from local.cloudformation.values import Properties, definition_of, lower, text, without_qualifier


@dataclass(frozen=True)
class Change:
    """A resource's properties, before and after."""

    aws: Account
    ref: str
    """The physical id."""
    old: Properties
    new: Properties

    @property
    def names(self) -> set[str]:
        """The properties that differ."""
        return {name for name in self.old.keys() | self.new.keys() if self.old.get(name) != self.new.get(name)}

    def picked(self, *names: str, **otherwise: Any) -> Properties:
        """Return what differs of these properties; what is given up gets the value that it has otherwise."""
        wanted = self.names & {*names, *otherwise}
        return {name: self.new.get(name, otherwise.get(name)) for name in sorted(wanted)}

    def retag(self, tag: Callable[[list[dict[str, str]]], object], untag: Callable[[list[str]], object]) -> None:
        """Set the tags that there are now, and remove the others by their keys."""
        old, new = ({tag["Key"]: tag["Value"] for tag in given.get("Tags", [])} for given in (self.old, self.new))
        if "Tags" in self.names and new:
            tag([{"Key": key, "Value": value} for key, value in new.items()])
        if gone := sorted(old.keys() - new.keys()):
            untag(gone)


def change_in_place(aws: Account, resource_type: str, ref: str, old: Properties, new: Properties) -> None:
    """Change a resource so that it has the new properties instead of the old ones.

    Raises UnchangeableError, and what the service answers.
    """
    change = Change(aws, ref, old, new)
    if resource_type not in _CHANGES:
        raise UnchangeableError(f"The local AWS does not update {resource_type}")
    apply, known = _CHANGES[resource_type]
    if unknown := change.names - set(known.split()):
        raise UnchangeableError(f"The local AWS does not update {', '.join(sorted(unknown))} of {resource_type}")
    apply(change)


def _function(change: Change) -> None:
    client = change.aws.client("lambda")
    name = change.ref
    if change.names & {"Code", "Architectures"}:
        code = dict(change.new["Code"])
        if "ZipFile" in code:
            code["ZipFile"] = LambdaFunction._create_zipfile_from_plaintext_code(code["ZipFile"])  # noqa: SLF001
        code["Architectures"] = change.new.get("Architectures", ["x86_64"])
        client.update_function_code(FunctionName=name, **code)
    configuration = change.picked(
        "Handler",
        "Role",
        "Runtime",
        DeadLetterConfig={},
        Description="",
        Environment={"Variables": {}},
        LoggingConfig={"LogGroup": f"/aws/lambda/{name}"},
        MemorySize=128,
        Timeout=3,
        TracingConfig={"Mode": "PassThrough"},
    )
    if configuration:
        client.update_function_configuration(FunctionName=name, **configuration)
    if "ReservedConcurrentExecutions" in change.names:
        reserved = change.new.get("ReservedConcurrentExecutions")
        if reserved is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    change.retag(
        lambda tags: client.tag_resource(Resource=arn, Tags={tag["Key"]: tag["Value"] for tag in tags}),
        lambda keys: client.untag_resource(Resource=arn, TagKeys=keys),
    )


def _alias(change: Change) -> None:
    wanted = change.picked("FunctionVersion", Description="")
    change.aws.client("lambda").update_alias(FunctionName=change.new["FunctionName"], Name=change.new["Name"], **wanted)


def _event_invoke_config(change: Change) -> None:
    change.aws.client("lambda").put_function_event_invoke_config(**without_qualifier(change.new))


def _state_machine(change: Change) -> None:
    client = change.aws.client("stepfunctions")
    if change.names - {"Tags"}:
        wanted = {"RoleArn": change.new["RoleArn"]} | change.picked(
            EncryptionConfiguration={"Type": "AWS_OWNED_KEY"},
            LoggingConfiguration={"Level": "OFF"},
            TracingConfiguration={"Enabled": False},
        )
        client.update_state_machine(stateMachineArn=change.ref, definition=definition_of(change.new), **lower(wanted))
    change.retag(
        lambda tags: client.tag_resource(resourceArn=change.ref, tags=lower(tags)),
        lambda keys: client.untag_resource(resourceArn=change.ref, tagKeys=keys),
    )


def _rule(change: Change) -> None:
    client = change.aws.client("events")
    bus = change.new.get("EventBusName", "default")
    rule = {
        name: change.new[name]
        for name in ("Description", "EventPattern", "RoleArn", "ScheduleExpression", "State")
        if name in change.new
    }
    if "EventPattern" in rule:
        rule["EventPattern"] = json.dumps(rule["EventPattern"])
    if change.names - {"Tags", "Targets"}:
        client.put_rule(Name=change.ref, EventBusName=bus, **rule)
    if "Targets" in change.names:
        old, new = ({target["Id"]: target for target in given.get("Targets", [])} for given in (change.old, change.new))
        if gone := sorted(old.keys() - new.keys()):
            client.remove_targets(Rule=change.ref, EventBusName=bus, Ids=gone)
        if changed := [target for name, target in new.items() if old.get(name) != target]:
            client.put_targets(Rule=change.ref, EventBusName=bus, Targets=changed)
    arn = client.describe_rule(Name=change.ref, EventBusName=bus)["Arn"]
    change.retag(
        lambda tags: client.tag_resource(ResourceARN=arn, Tags=tags),
        lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
    )


def _schedule(change: Change) -> None:
    change.aws.client("scheduler").update_schedule(**{**change.new, "Name": change.ref})


def _schedule_group(change: Change) -> None:
    client = change.aws.client("scheduler")
    arn = client.get_schedule_group(Name=change.ref)["Arn"]
    change.retag(
        lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
    )


def _queue(change: Change) -> None:
    client = change.aws.client("sqs")
    url = f"{change.aws.endpoint_url}/{change.aws.account_id}/{change.ref.rsplit('/', 1)[-1]}"
    attributes = change.picked(
        ContentBasedDeduplication=False,
        DelaySeconds=0,
        KmsDataKeyReusePeriodSeconds=300,
        KmsMasterKeyId="",
        MaximumMessageSize=1_048_576,
        MessageRetentionPeriod=345_600,
        ReceiveMessageWaitTimeSeconds=0,
        RedriveAllowPolicy="",
        RedrivePolicy="",
        SqsManagedSseEnabled=True,
        VisibilityTimeout=30,
    )
    if change.new.get("KmsMasterKeyId"):
        attributes["SqsManagedSseEnabled"] = False
    if attributes:
        client.set_queue_attributes(QueueUrl=url, Attributes={name: text(value) for name, value in attributes.items()})
    change.retag(
        lambda tags: client.tag_queue(QueueUrl=url, Tags={tag["Key"]: tag["Value"] for tag in tags}),
        lambda keys: client.untag_queue(QueueUrl=url, TagKeys=keys),
    )


def _queue_policy(change: Change) -> None:
    client = change.aws.client("sqs")
    for queue in {*change.old["Queues"], *change.new["Queues"]}:
        policy = json.dumps(change.new["PolicyDocument"]) if queue in change.new["Queues"] else ""
        url = f"{change.aws.endpoint_url}/{change.aws.account_id}/{queue.rsplit('/', 1)[-1]}"
        client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def _topic(change: Change) -> None:
    client = change.aws.client("sns")
    attributes = change.picked(
        ContentBasedDeduplication=False,
        DisplayName="",
        KmsMasterKeyId="",
        SignatureVersion="1",
        TracingConfig="PassThrough",
    )
    for name, value in attributes.items():
        client.set_topic_attributes(TopicArn=change.ref, AttributeName=name, AttributeValue=text(value))
    change.retag(
        lambda tags: client.tag_resource(ResourceArn=change.ref, Tags=tags),
        lambda keys: client.untag_resource(ResourceArn=change.ref, TagKeys=keys),
    )


def _topic_policy(change: Change) -> None:
    client = change.aws.client("sns")
    for topic in change.new["Topics"]:
        policy = json.dumps(change.new["PolicyDocument"])
        client.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


def _subscription(change: Change) -> None:
    attributes = change.picked(
        DeliveryPolicy={},
        FilterPolicy={},
        FilterPolicyScope="MessageAttributes",
        RawMessageDelivery=False,
        RedrivePolicy={},
    )
    for name, value in attributes.items():
        change.aws.client("sns").set_subscription_attributes(
            SubscriptionArn=change.ref, AttributeName=name, AttributeValue=text(value)
        )


def _table(change: Change) -> None:
    client = change.aws.client("dynamodb")
    table = change.picked(
        "BillingMode", "ProvisionedThroughput", "StreamSpecification", DeletionProtectionEnabled=False
    )
    if table:
        if change.new.get("BillingMode") == "PAY_PER_REQUEST":
            table.pop("ProvisionedThroughput", None)
        client.update_table(TableName=change.ref, **table)
    if "SSESpecification" in change.names:
        # moto's update_table passes over it.
        tables = dynamodb_backends[change.aws.account_id][change.aws.region].tables
        tables[change.ref].sse_specification = change.new.get("SSESpecification")
    if "TimeToLiveSpecification" in change.names:
        off = {**change.old.get("TimeToLiveSpecification", {}), "Enabled": False}
        wanted = change.new.get("TimeToLiveSpecification", off)
        client.update_time_to_live(TableName=change.ref, TimeToLiveSpecification=wanted)
    if "PointInTimeRecoverySpecification" in change.names:
        wanted = change.new.get("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})
        client.update_continuous_backups(TableName=change.ref, PointInTimeRecoverySpecification=wanted)
    arn = client.describe_table(TableName=change.ref)["Table"]["TableArn"]
    change.retag(
        lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
    )


def _role(change: Change) -> None:
    client = change.aws.client("iam")
    role = change.ref
    if "AssumeRolePolicyDocument" in change.names:
        document = json.dumps(change.new["AssumeRolePolicyDocument"])
        client.update_assume_role_policy(RoleName=role, PolicyDocument=document)
    if settings := change.picked(Description="", MaxSessionDuration=3_600):
        client.update_role(RoleName=role, **settings)
    old, new = (given.get("ManagedPolicyArns", []) for given in (change.old, change.new))
    for arn in set(new) - set(old):
        client.attach_role_policy(RoleName=role, PolicyArn=arn)
    for arn in set(old) - set(new):
        client.detach_role_policy(RoleName=role, PolicyArn=arn)
    before, after = (
        {policy["PolicyName"]: policy["PolicyDocument"] for policy in given.get("Policies", [])}
        for given in (change.old, change.new)
    )
    for name, document in after.items():
        client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    for name in before.keys() - after.keys():
        client.delete_role_policy(RoleName=role, PolicyName=name)
    if "PermissionsBoundary" in change.names:
        if boundary := change.new.get("PermissionsBoundary"):
            client.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
        else:
            client.delete_role_permissions_boundary(RoleName=role)
    change.retag(
        lambda tags: client.tag_role(RoleName=role, Tags=tags),
        lambda keys: client.untag_role(RoleName=role, TagKeys=keys),
    )


def _inline_policy(change: Change) -> None:
    attach_inline(change.aws, change.new)
    renamed = change.old["PolicyName"] != change.new["PolicyName"]
    detach_inline(change.aws, change.old, except_for={} if renamed else change.new)


def _managed_policy(change: Change) -> None:
    client = change.aws.client("iam")
    if "PolicyDocument" in change.names:
        document = json.dumps(change.new["PolicyDocument"])
        client.create_policy_version(PolicyArn=change.ref, PolicyDocument=document, SetAsDefault=True)
        for version in client.list_policy_versions(PolicyArn=change.ref)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=change.ref, VersionId=version["VersionId"])
    for kind in ("Role", "User", "Group"):
        old, new = (set(given.get(f"{kind}s", [])) for given in (change.old, change.new))
        for name in new - old:
            getattr(client, f"attach_{kind.lower()}_policy")(**{f"{kind}Name": name, "PolicyArn": change.ref})
        for name in old - new:
            getattr(client, f"detach_{kind.lower()}_policy")(**{f"{kind}Name": name, "PolicyArn": change.ref})


def _log_group(change: Change) -> None:
    client = change.aws.client("logs")
    if "RetentionInDays" in change.names:
        days = change.new.get("RetentionInDays")
        if days is None:
            client.delete_retention_policy(logGroupName=change.ref)
        else:
            client.put_retention_policy(logGroupName=change.ref, retentionInDays=int(days))
    if "KmsKeyId" in change.names:
        if key := change.new.get("KmsKeyId"):
            client.associate_kms_key(logGroupName=change.ref, kmsKeyId=key)
        else:
            client.disassociate_kms_key(logGroupName=change.ref)
    change.retag(
        lambda tags: client.tag_log_group(logGroupName=change.ref, tags={tag["Key"]: tag["Value"] for tag in tags}),
        lambda keys: client.untag_log_group(logGroupName=change.ref, tags=keys),
    )


def _alarm(change: Change) -> None:
    client = change.aws.client("cloudwatch")
    # An alarm that is there already keeps its tags.
    client.put_metric_alarm(**{**change.new, "AlarmName": change.ref})
    [alarm] = client.describe_alarms(AlarmNames=[change.ref])["MetricAlarms"]
    change.retag(
        lambda tags: client.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=tags),
        lambda keys: client.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=keys),
    )


def _dashboard(change: Change) -> None:
    body = change.new["DashboardBody"]
    change.aws.client("cloudwatch").put_dashboard(DashboardName=change.ref, DashboardBody=body)


def _key(change: Change) -> None:
    client = change.aws.client("kms")
    if "KeyPolicy" in change.names:
        client.put_key_policy(KeyId=change.ref, PolicyName="default", Policy=json.dumps(change.new["KeyPolicy"]))
    if "Description" in change.names:
        client.update_key_description(KeyId=change.ref, Description=change.new.get("Description", ""))
    for name, on, off, otherwise in (
        ("EnableKeyRotation", client.enable_key_rotation, client.disable_key_rotation, False),
        ("Enabled", client.enable_key, client.disable_key, True),
    ):
        if name in change.names:
            (on if text(change.new.get(name, otherwise)) == "true" else off)(KeyId=change.ref)
    change.retag(
        lambda tags: client.tag_resource(
            KeyId=change.ref, Tags=[{"TagKey": t["Key"], "TagValue": t["Value"]} for t in tags]
        ),
        lambda keys: client.untag_resource(KeyId=change.ref, TagKeys=keys),
    )


def _parameter(change: Change) -> None:
    wanted = {name: change.new[name] for name in ("Type", "Value", "Description") if name in change.new}
    change.aws.client("ssm").put_parameter(Name=change.ref, Overwrite=True, **wanted)


def _nothing(_: Change) -> None:
    """Change what has no effect here."""


_CHANGES: dict[str, tuple[Callable[[Change], None], str]] = {
    "AWS::CDK::Metadata": (_nothing, "Analytics Modules"),
    "AWS::CloudWatch::Alarm": (
        _alarm,
        (
            "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions "
            "EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName "
            "Metrics Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit"
        ),
    ),
    "AWS::CloudWatch::Dashboard": (_dashboard, "DashboardBody"),
    "AWS::DynamoDB::Table": (
        _table,
        (
            "BillingMode DeletionProtectionEnabled PointInTimeRecoverySpecification ProvisionedThroughput "
            "SSESpecification StreamSpecification Tags TimeToLiveSpecification"
        ),
    ),
    "AWS::Events::Rule": (_rule, "Description EventPattern RoleArn ScheduleExpression State Tags Targets"),
    "AWS::IAM::ManagedPolicy": (_managed_policy, "Groups PolicyDocument Roles Users"),
    "AWS::IAM::Policy": (_inline_policy, "Groups PolicyDocument PolicyName Roles Users"),
    "AWS::IAM::Role": (
        _role,
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration PermissionsBoundary Policies Tags",
    ),
    "AWS::KMS::Key": (_key, "Description EnableKeyRotation Enabled KeyPolicy PendingWindowInDays Tags"),
    "AWS::Lambda::Alias": (_alias, "Description FunctionVersion"),
    "AWS::Lambda::EventInvokeConfig": (
        _event_invoke_config,
        "DestinationConfig MaximumEventAgeInSeconds MaximumRetryAttempts",
    ),
    "AWS::Lambda::Function": (
        _function,
        (
            "Architectures Code DeadLetterConfig Description Environment Handler LoggingConfig MemorySize "
            "ReservedConcurrentExecutions Role Runtime Tags Timeout TracingConfig"
        ),
    ),
    "AWS::Logs::LogGroup": (_log_group, "KmsKeyId RetentionInDays Tags"),
    "AWS::S3::BucketPolicy": (_nothing, "PolicyDocument"),
    "AWS::SNS::Subscription": (
        _subscription,
        "DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy",
    ),
    "AWS::SNS::Topic": (
        _topic,
        "ContentBasedDeduplication DisplayName KmsMasterKeyId SignatureVersion Tags TracingConfig",
    ),
    "AWS::SNS::TopicPolicy": (_topic_policy, "PolicyDocument"),
    "AWS::SQS::Queue": (
        _queue,
        (
            "ContentBasedDeduplication DelaySeconds KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize "
            "MessageRetentionPeriod ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy "
            "SqsManagedSseEnabled Tags VisibilityTimeout"
        ),
    ),
    "AWS::SQS::QueuePolicy": (_queue_policy, "PolicyDocument Queues"),
    "AWS::SSM::Parameter": (_parameter, "Description Type Value"),
    "AWS::Scheduler::Schedule": (
        _schedule,
        (
            "Description EndDate FlexibleTimeWindow GroupName KmsKeyArn ScheduleExpression ScheduleExpressionTimezone "
            "StartDate State Target"
        ),
    ),
    "AWS::Scheduler::ScheduleGroup": (_schedule_group, "Tags"),
    "AWS::StepFunctions::StateMachine": (
        _state_machine,
        (
            "Definition DefinitionString DefinitionSubstitutions EncryptionConfiguration LoggingConfiguration RoleArn "
            "Tags TracingConfiguration"
        ),
    ),
}
"""How each type changes, and which of its properties."""
TAGGED = frozenset(resource_type for resource_type, (_, known) in _CHANGES.items() if "Tags" in known.split())
"""The types that can have tags."""
