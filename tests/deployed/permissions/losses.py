"""The policies of a deployed stack, each without one part."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from moto.awslambda_simple.models import lambda_simple_backends

from local.iam.evaluator import NamedPolicy, Question, Verdict
from local.iam.iam import Iam
from local.server import LocalAws

Document = dict[str, Any]
_NOTHING = {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession", "Resource": "*"}


def policies_of(aws: LocalAws, stack: str = "ModelLifecycle") -> dict[str, Document]:
    """Every policy of a stack's roles, functions, keys, queues and topics, by the name that IAM here has for it."""
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    found: dict[str, Document] = {}
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            found |= _policies(aws, resource["ResourceType"], resource["PhysicalResourceId"])
    return found


def _policies(aws: LocalAws, resource_type: str, name: str) -> dict[str, Document]:
    match resource_type:
        case "AWS::IAM::Role":
            iam = aws.client("iam")
            role = iam.get_role(RoleName=name)["Role"]
            inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
            documents = {
                f"{name}/{policy}": iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                for policy in inline
            }
            return {role["Arn"]: role["AssumeRolePolicyDocument"], **documents}
        case "AWS::SQS::Queue":
            asked = {"QueueUrl": name, "AttributeNames": ["Policy", "QueueArn"]}
            attributes = aws.client("sqs").get_queue_attributes(**asked)["Attributes"]
            return {attributes["QueueArn"]: json.loads(attributes["Policy"])}
        case "AWS::SNS::Topic":
            attributes = aws.client("sns").get_topic_attributes(TopicArn=name)["Attributes"]
            return {name: json.loads(attributes["Policy"])}
        case "AWS::KMS::Key":
            arn = aws.client("kms").describe_key(KeyId=name)["KeyMetadata"]["Arn"]
            return {arn: json.loads(aws.client("kms").get_key_policy(KeyId=name, PolicyName="default")["Policy"])}
        case "AWS::Lambda::Function":
            functions = aws.client("lambda")
            try:
                policy = functions.get_policy(FunctionName=name)["Policy"]
            except functions.exceptions.ResourceNotFoundException:
                return {}
            arn = functions.get_function_configuration(FunctionName=name)["FunctionArn"]
            return {arn: json.loads(policy)}
    return {}


def put(aws: LocalAws, name: str, document: Document) -> None:
    """Put a policy in the place of the one that there is; a function's is but what it was less a statement."""
    match name.split(":"):
        case [named]:
            role, _, policy = named.partition("/")
            text = _written(document, without="Principal")
            aws.client("iam").put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)
        case [_, _, "iam", _, _, role]:
            text, role_name = _written(document, without="Resource"), role.partition("/")[2]
            aws.client("iam").update_assume_role_policy(RoleName=role_name, PolicyDocument=text)
        case [_, _, "sqs", _, account, queue]:
            url = f"{aws.endpoint_url}/{account}/{queue}"
            aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": _written(document)})
        case [_, _, "sns", *_]:
            attribute = {"AttributeName": "Policy", "AttributeValue": _written(document)}
            aws.client("sns").set_topic_attributes(TopicArn=name, **attribute)
        case [_, _, "kms", *_]:
            aws.client("kms").put_key_policy(KeyId=name, PolicyName="default", Policy=_written(document))
        case _:
            functions = lambda_simple_backends[aws.account_id][aws.region]
            functions.get_function(name).policy.statements = document["Statement"]


def _written(document: Document, *, without: str = "") -> str:
    """Return it as it is put. None may be empty, so a statement that matters nowhere may stand for all."""
    nothing = {key: value for key, value in _NOTHING.items() if key != without}
    return json.dumps({**document, "Statement": document["Statement"] or [nothing]})


def losses(document: Document) -> Iterator[tuple[str, int, Document]]:
    """Each loss in words, the place of its statement, and what is left: without a statement, an action, a resource."""
    for place, statement in enumerate(document["Statement"]):
        before, after = document["Statement"][:place], document["Statement"][place + 1 :]
        words = json.dumps({key: statement[key] for key in ("Effect", "Principal", "Action") if key in statement})
        yield words, place, {**document, "Statement": [*before, *after]}
        for part in ("Action", "Resource"):
            whole = statement.get(part)
            for one in whole if isinstance(whole, list) and len(whole) > 1 else []:
                less = {**statement, part: [other for other in whole if other != one]}
                yield f"{one} of {words}", place, {**document, "Statement": [*before, less, *after]}


def is_felt(iam: Iam, judged: Iterable[tuple[Question, Verdict]], name: str, place: int, left: Document) -> bool:
    """Whether any call that was judged would be judged otherwise with what is left of a policy."""
    without = [
        (_with(question, name, left), verdict)
        for question, verdict in judged
        # A statement that was taken out moves those behind it, which cannot be mistaken for it.
        if (name, place) in verdict.statements
    ]
    now = iam.judge([question for question, _ in without])
    return any(one.allowed != verdict.allowed for one, (_, verdict) in zip(now, without, strict=True))


def _with(question: Question, name: str, left: Document) -> Question:
    policy: NamedPolicy = {"name": name, "policy": left}
    identity = [policy if one["name"] == name else one for one in question.identity]
    resource = question.resource_policy
    if resource and resource["name"] == name:
        resource = policy
    kept = [one for one in identity if one["policy"]["Statement"]]
    return replace(
        question, identity=kept, resource_policy=resource if resource and resource["policy"]["Statement"] else None
    )
