"""Each limit in one line: which method of moto it guards, and what AWS answers beyond it.

They stand at moto's backends, so that they hold for calls and for CloudFormation alike.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any, NamedTuple

from moto.awslambda.exceptions import InvalidParameterValueException as LambdaParameterError
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda_simple.models import lambda_simple_backends
from moto.cloudwatch.exceptions import ValidationError as CloudWatchError
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.base_backend import BackendDict
from moto.core.exceptions import JsonRESTError
from moto.events.exceptions import ValidationException as EventsError
from moto.events.models import events_backends
from moto.iam.exceptions import LimitExceededException as IamLimitError
from moto.iam.exceptions import ValidationError as IamError
from moto.iam.models import iam_backends
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import logs_backends
from moto.scheduler.models import scheduler_backends
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import sns_backends
from moto.sqs.exceptions import SQSException
from moto.sqs.models import sqs_backends
from moto.stepfunctions.exceptions import ValidationException as StepFunctionsError
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.account import Account
from local.api.errors import AwsError

Refusal = Any
"""An exception of moto, or None."""
Check = Callable[[Any, SimpleNamespace], Refusal]

KIBIBYTE = 1_024
_INLINE_CHARACTERS, _MANAGED_CHARACTERS, _TRUST_CHARACTERS = 10_240, 6_144, 2_048
_QUEUE_POLICY_BYTES, _QUEUE_POLICY_STATEMENTS = 8_192, 20
_ENVIRONMENT_BYTES = 4 * KIBIBYTE
_TARGETS, _RULES = 5, 300
_DEFINITION_CHARACTERS = KIBIBYTE * KIBIBYTE
_TARGET_INPUT_CHARACTERS, _PATTERN_CHARACTERS = 8_192, 4_096
_EVENTS_BYTES = _SCHEDULE_INPUT_BYTES = 256 * KIBIBYTE
_MESSAGE_BYTES = 256 * KIBIBYTE
_PROTOCOLS = {"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"}
_OF_QUEUES = {
    "DelaySeconds": (0, 900),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653),
)
_RESERVED = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|TZ|LAMBDA_(TASK_ROOT|RUNTIME_DIR)"
    r"|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN"
    r"|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API))"
)


class Limit(NamedTuple):
    """A method of a service's backend in moto, and what is wrong with its arguments, by their names there."""

    service: BackendDict[Any]
    method: str
    check: Check


def _constraint(value: str, name: str, broken: str) -> str:
    """Say it in the words that AWS's services share."""
    return (
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must {broken}"
    )


def _named(
    argument: Callable[[SimpleNamespace], str | None],
    name: str,
    pattern: str,
    most: int,
    error: Callable[[str], Exception],
) -> Check:
    """Return a name of so many characters of an alphabet. One that is not given is made up."""

    def check(_: Any, given: SimpleNamespace) -> Refusal:
        value = argument(given)
        if value is None:
            return None
        if len(value) > most:
            return error(_constraint(value, name, f"have length less than or equal to {most}"))
        if not re.fullmatch(pattern, value):
            return error(_constraint(value, name, f"satisfy regular expression pattern: {pattern}"))
        return None

    return check


def _characters(document: str) -> int:
    """IAM counts no white space."""
    return len(re.sub(r"\s", "", document))


def _inline(backend: Any, given: SimpleNamespace) -> Refusal:
    policies: Mapping[str, str] = {**backend.get_role(given.role_name).policies, given.policy_name: given.policy_json}
    if sum(map(_characters, policies.values())) > _INLINE_CHARACTERS:
        words = f"Maximum policy size of {_INLINE_CHARACTERS} bytes exceeded for role {given.role_name}"
        return IamLimitError(words)
    return None


def _managed(_: Any, given: SimpleNamespace) -> Refusal:
    beyond = _characters(given.policy_document) > _MANAGED_CHARACTERS
    return IamLimitError(f"Cannot exceed quota for PolicySize: {_MANAGED_CHARACTERS}") if beyond else None


def _trust(document: Callable[[SimpleNamespace], str]) -> Check:
    def check(_: Any, given: SimpleNamespace) -> Refusal:
        beyond = _characters(document(given)) > _TRUST_CHARACTERS
        return IamLimitError(f"Cannot exceed quota for ACLSizePerRole: {_TRUST_CHARACTERS}") if beyond else None

    return check


def _environment(spec: Callable[[SimpleNamespace], Mapping[str, Any]]) -> Check:
    def check(_: Any, given: SimpleNamespace) -> Refusal:
        variables = (spec(given).get("Environment") or {}).get("Variables") or {}
        could_not = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
        )
        if reserved := [name for name in variables if _RESERVED.fullmatch(name)]:
            return LambdaParameterError(
                f"{could_not}provided contains reserved keys that are currently not supported for modification. "
                f"Reserved keys used in this request: {', '.join(reserved)}"
            )
        for name in variables:
            if not re.fullmatch("[a-zA-Z]([a-zA-Z0-9_])+", name):
                wrong = _constraint(
                    name, "environment.variables", "satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+"
                )
                return LambdaClientError("ValidationException", wrong)
        measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
        if len(measured.encode()) > _ENVIRONMENT_BYTES:
            return LambdaParameterError(f"{could_not}provided exceeded the 4KB limit. String measured: {measured}")
        return None

    return check


def _too_many() -> Any:
    return JsonRESTError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")


def _targets(backend: Any, given: SimpleNamespace) -> Refusal:
    for place, target in enumerate(given.targets, start=1):
        if len(target.get("Input") or "") > _TARGET_INPUT_CHARACTERS:
            broken = f"have length less than or equal to {_TARGET_INPUT_CHARACTERS}"
            return EventsError(_constraint(target["Input"][:256], f"targets.{place}.member.input", broken))
    bus = backend._get_event_bus(backend._normalize_event_bus_arn(given.event_bus_arn))  # noqa: SLF001 - as moto itself does
    rule = bus.rules.get(given.name)
    ids = {target["Id"] for target in (*(rule.targets if rule else ()), *given.targets)}
    return _too_many() if len(ids) > _TARGETS else None


def _rules(backend: Any, given: SimpleNamespace) -> Refusal:
    if len(given.event_pattern or "") > _PATTERN_CHARACTERS:
        broken = f"have length less than or equal to {_PATTERN_CHARACTERS}"
        return EventsError(_constraint(given.event_pattern[:256], "eventPattern", broken))
    bus = backend._get_event_bus(backend._normalize_event_bus_arn(given.event_bus_arn))  # noqa: SLF001 - as moto itself does
    return _too_many() if len({*bus.rules, given.name}) > _RULES else None


def _entries(_: Any, given: SimpleNamespace) -> Refusal:
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
    size = sum(
        (14 if entry.get("Time") else 0)
        + sum(len(str(entry.get(name) or "").encode()) for name in ("Source", "DetailType", "Detail"))
        + sum(len(resource.encode()) for resource in entry.get("Resources") or ())
        for entry in given.events
    )
    return EventsError("Total size of the entries in the request is over the limit.") if size >= _EVENTS_BYTES else None


def _schedule_input(_: Any, given: SimpleNamespace) -> Refusal:
    target = given.asked.get("Target")
    size = len(str(target.get("Input") or "").encode()) if isinstance(target, dict) else 0
    words = f"The input of the target must not exceed {_SCHEDULE_INPUT_BYTES:,} bytes."
    return AwsError("ValidationException", words) if size > _SCHEDULE_INPUT_BYTES else None


def _definition(_: Any, given: SimpleNamespace) -> Refusal:
    if len(given.definition or "") <= _DEFINITION_CHARACTERS:
        return None
    broken = f"have length less than or equal to {_DEFINITION_CHARACTERS}"
    return StepFunctionsError(_constraint(given.definition[:256], "definition", broken))


def _queue_policy(attributes: Callable[[SimpleNamespace], Mapping[str, Any]]) -> Check:
    def check(_: Any, given: SimpleNamespace) -> Refusal:
        policy = attributes(given).get("Policy")
        if not policy:
            return None
        if not _is_json(policy):
            return SQSException("InvalidAttributeValue", "Invalid value for the parameter Policy.")
        statements = json.loads(policy).get("Statement", [])
        number = len(statements) if isinstance(statements, list) else 1
        if number > _QUEUE_POLICY_STATEMENTS:
            words = f"{number} statements were found in the submitted policy, max allowed is {_QUEUE_POLICY_STATEMENTS}"
            return _over_limit(words)
        beyond = len(policy.encode()) > _QUEUE_POLICY_BYTES
        return _over_limit("Submitted policy is over max allowed size.") if beyond else None

    return check


def _over_limit(words: str) -> Any:
    return SQSException("OverLimit", words)


def _subject(_: Any, given: SimpleNamespace) -> Refusal:
    subject = given.subject
    readable = subject is None or re.fullmatch(r"[!-~][ -~]{0,98}", subject)
    return None if readable else SNSInvalidParameter("Invalid parameter: Subject")


def _message(_: Any, given: SimpleNamespace) -> Refusal:
    """Return a message with its attributes, in bytes; the parts of one that is JSON are counted as they are sent."""
    if not given.message:
        return SNSInvalidParameter("Invalid parameter: Empty message")
    if given.message_structure == "json":
        try:
            parts = json.loads(given.message)
        except ValueError:
            parts = None
        if not isinstance(parts, dict):
            return _structure_error("JSON message body failed to parse")
        if "default" not in parts:
            return _structure_error("No default entry in JSON message body")
    attributes = given.message_attributes or {}
    words = [*attributes, *(str(part) for attribute in attributes.values() for part in attribute.values())]
    size = sum(len(word.encode()) for word in (given.message, *words))
    return SNSInvalidParameter("Invalid parameter: Message too long") if size > _MESSAGE_BYTES else None


def _structure_error(words: str) -> Any:
    return SNSInvalidParameter(f"Invalid parameter: Message Structure - {words}")


def _endpoint(_: Any, given: SimpleNamespace) -> Refusal:
    if given.protocol not in _PROTOCOLS:
        return SNSInvalidParameter(f"Invalid parameter: Does not support this protocol string: {given.protocol}")
    is_email = given.protocol.startswith("email")
    if is_email and not re.fullmatch(r"[^@\s]+@[^@\s]+", given.endpoint or ""):
        return SNSInvalidParameter("Invalid parameter: Email address")
    return None


def _topic_policy(_: Any, given: SimpleNamespace) -> Refusal:
    wrong = given.attribute_name == "policy" and not _is_json(given.attribute_value)
    return SNSInvalidParameter("Invalid parameter: Policy Error: null") if wrong else None


def _queue_numbers(attributes: Callable[[SimpleNamespace], Mapping[str, Any]]) -> Check:
    def check(_: Any, given: SimpleNamespace) -> Refusal:
        for name, (least, most) in _OF_QUEUES.items():
            value = attributes(given).get(name)
            if value is not None and not (str(value).isdecimal() and least <= int(value) <= most):
                return SQSException("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
        return None

    return check


def _body(_: Any, given: SimpleNamespace) -> Refusal:
    wrong = re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", given.message_body or "")
    if wrong is None:
        return None
    return SQSException(
        "InvalidMessageContents",
        f"Invalid binary character '#x{ord(wrong[0]):X}' was found in the message body, the set of allowed characters "
        "is #x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]",
    )


def _retention(_: Any, given: SimpleNamespace) -> Refusal:
    if int(given.retention_in_days) in _RETENTIONS:
        return None
    return InvalidParameterException(
        f"1 validation error detected: Value '{given.retention_in_days}' at 'retentionInDays' failed to satisfy "
        f"constraint: Member must satisfy enum value set: {list(_RETENTIONS)}"
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _of_functions(words: str) -> Any:
    return LambdaClientError("ValidationException", words)


_WORDS = r"[\w+=,.@-]+"
_RULE_NAMES = r"[\.\-_A-Za-z0-9]+"
LIMITS = (
    Limit(iam_backends, "create_role", _named(lambda given: given.role_name, "roleName", _WORDS, 64, IamError)),
    Limit(iam_backends, "create_role", _trust(lambda given: given.assume_role_policy_document)),
    Limit(iam_backends, "update_assume_role_policy", _trust(lambda given: given.policy_document)),
    Limit(
        iam_backends, "put_role_policy", _named(lambda given: given.policy_name, "policyName", _WORDS, 128, IamError)
    ),
    Limit(iam_backends, "put_role_policy", _inline),
    Limit(iam_backends, "create_policy", _managed),
    Limit(
        lambda_simple_backends,
        "create_function",
        _named(lambda given: given.spec.get("FunctionName"), "functionName", "[a-zA-Z0-9-_]+", 64, _of_functions),
    ),
    Limit(lambda_simple_backends, "create_function", _environment(lambda given: given.spec)),
    Limit(lambda_simple_backends, "update_function_configuration", _environment(lambda given: given.body)),
    Limit(events_backends, "put_rule", _named(lambda given: given.name, "name", _RULE_NAMES, 64, EventsError)),
    Limit(events_backends, "put_rule", _rules),
    Limit(events_backends, "put_targets", _targets),
    Limit(events_backends, "put_events", _entries),
    Limit(scheduler_backends, "create", _schedule_input),
    Limit(scheduler_backends, "update", _schedule_input),
    Limit(stepfunctions_parser_backends, "create_state_machine", _definition),
    Limit(stepfunctions_parser_backends, "update_state_machine", _definition),
    Limit(sqs_backends, "create_queue", _queue_policy(lambda given: given.kwargs)),
    Limit(sqs_backends, "set_queue_attributes", _queue_policy(lambda given: given.attributes)),
    Limit(sqs_backends, "create_queue", _queue_numbers(lambda given: given.kwargs)),
    Limit(sqs_backends, "set_queue_attributes", _queue_numbers(lambda given: given.attributes)),
    Limit(sqs_backends, "send_message", _body),
    Limit(sns_backends, "publish", _subject),
    Limit(sns_backends, "publish", _message),
    Limit(sns_backends, "subscribe", _endpoint),
    Limit(sns_backends, "set_topic_attribute", _topic_policy),
    Limit(logs_backends, "put_retention_policy", _retention),
    Limit(
        cloudwatch_backends,
        "put_metric_alarm",
        _named(lambda given: given.name, "alarmName", ".+", 255, CloudWatchError),
    ),
    Limit(
        logs_backends,
        "create_log_group",
        _named(
            lambda given: given.log_group_name, "logGroupName", r"[\.\-_/#A-Za-z0-9]+", 512, InvalidParameterException
        ),
    ),
)


def install(aws: Account) -> None:
    """Let what is beyond a limit be refused. Comes after all parts that put backends of their own in place."""
    guarded: dict[tuple[type, str], list[Check]] = {}
    for service, method, check in LIMITS:
        guarded.setdefault((service.backend, method), []).append(check)
    for (owner, method), checks in guarded.items():
        # Classes of ours that stand above moto's pass arguments on without naming them.
        of_moto = next(vars(kind)[method] for kind in reversed(owner.__mro__) if method in vars(kind))
        aws.replace(owner, method, _guarded(getattr(owner, method), inspect.signature(of_moto), checks))


def _guarded(act: Callable[..., Any], signature: inspect.Signature, checks: Iterable[Check]) -> Callable[..., Any]:

    @wraps(act)
    def guarded(backend: Any, *args: Any, **named: Any) -> Any:
        bound = signature.bind(backend, *args, **named)
        bound.apply_defaults()
        for check in checks:
            if refusal := check(backend, SimpleNamespace(**bound.arguments)):
                raise refusal
        return act(backend, *args, **named)

    return guarded
