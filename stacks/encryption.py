"""The key of the stack: what it encrypts beside the notifications, and who may use it for that."""

from collections.abc import Mapping, Sequence
from typing import cast

from aws_cdk import Aws
from aws_cdk.aws_iam import IRole, Policy, PolicyStatement, ServicePrincipal
from aws_cdk.aws_kms import Key
from aws_cdk.aws_stepfunctions import CfnStateMachine, StateMachine
from constructs import Construct, DependencyGroup

from settings.settings import Encryption as Choice
from stacks.keys import key_of_the_stack
from stacks.names import NAMED_BY_CLOUDFORMATION

GET = ("kms:Decrypt",)
PUT = ("kms:Decrypt", "kms:GenerateDataKey")


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


_EVERY_LOG = {"StringEquals": {"kms:EncryptionContext:SourceArn": _arn("logs", "*")}}
"""How Step Functions and the delivery of its logs say what they use a key for."""


def _of_machine(arn: str) -> dict[str, dict[str, str]]:
    """Return the condition that the key is used for the definition and the executions of that state machine."""
    return {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": arn}}


class Encryption:
    """Encrypts tables, queues, logs and executions with AWS's keys, or with the key of the notifications.

    That key is there in any case. So what it has encrypted stays readable after the setting goes back to "aws", and
    with "returning" its users keep their permissions while something may still need them.
    """

    def __init__(self, scope: Construct, id: str, *, choice: Choice) -> None:  # noqa: A002 - the CDK's own name
        self._encrypts, self._lets = choice == "customer", choice != "aws"
        self._users = DependencyGroup()
        self.key = key_of_the_stack(scope, id, description="Encrypts the notifications of the model lifecycle")
        if self._lets:
            self._let_services()

    @property
    def of_data(self) -> Key | None:
        """The key of tables, queues and logs; `None`: AWS's own."""
        return self.key if self._encrypts else None

    def let(self, role: IRole, actions: Sequence[str]) -> None:
        """Let a role use what is encrypted."""
        if self._lets:
            policy = Policy(role, "UseKey", roles=[role], statements=[self._statement(actions)])
            self._users.add(policy)

    def comes_after_its_users(self, data: Construct) -> None:
        """Let something be encrypted only once all who use it may use the key: starts go on during a deploy."""
        if self._encrypts:
            data.node.add_dependency(self._users)

    def encrypt_executions(self, machine: StateMachine, arn: str) -> None:
        """Encrypt the definition and the executions of a state machine, and let it log them."""
        if self._lets:
            machine.add_to_role_policy(self._statement(PUT, _of_machine(arn)))
            machine.add_to_role_policy(self._statement(["kms:GenerateDataKey"], _EVERY_LOG))
        if self._encrypts:
            # The CDK's own way would allow the delivery of logs for everybody.
            resource = cast("CfnStateMachine", machine.node.default_child)
            resource.encryption_configuration = CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=self.key.key_arn
            )

    def let_read_executions(self, machine: StateMachine, of: str) -> None:
        """Let a state machine read how executions of another one ended, which has the ARN `of`."""
        if self._lets:
            machine.add_to_role_policy(self._statement(GET, _of_machine(of)))

    def _let_services(self) -> None:
        # EventBridge does not say for which rule, but SQS says for which queue.
        queues = {"ArnLike": {"kms:EncryptionContext:aws:sqs:arn": _arn("sqs", NAMED_BY_CLOUDFORMATION)}}
        self._let_service("events.amazonaws.com", PUT, queues)
        topics = {"ArnLike": {"aws:SourceArn": _arn("sns", NAMED_BY_CLOUDFORMATION)}}
        self._let_service("sns.amazonaws.com", PUT, topics)
        groups = [NAMED_BY_CLOUDFORMATION, f"/aws/vendedlogs/states/{NAMED_BY_CLOUDFORMATION}"]
        logs = {"kms:EncryptionContext:aws:logs:arn": [_arn("logs", f"log-group:{name}") for name in groups]}
        verbs = ("Encrypt*", "Decrypt*", "ReEncrypt*", "GenerateDataKey*", "Describe*")
        self._let_service(f"logs.{Aws.REGION}.amazonaws.com", [f"kms:{verb}" for verb in verbs], {"ArnLike": logs})
        self._let_service("delivery.logs.amazonaws.com", ["kms:Decrypt*"], _EVERY_LOG)

    def _let_service(self, name: str, actions: Sequence[str], conditions: Mapping[str, Mapping[str, object]]) -> None:
        statement = PolicyStatement(
            principals=[ServicePrincipal(name)], actions=[*actions], resources=["*"], conditions=conditions
        )
        self.key.add_to_resource_policy(statement)

    def _statement(
        self, actions: Sequence[str], conditions: Mapping[str, Mapping[str, object]] | None = None
    ) -> PolicyStatement:
        return PolicyStatement(actions=[*actions], resources=[self.key.key_arn], conditions=conditions)
