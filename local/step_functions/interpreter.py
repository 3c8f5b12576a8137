"""moto's interpreter of state machines, corrected where it differs from AWS."""

import datetime
import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from antlr4 import CommonTokenStream, InputStream
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto.stepfunctions.parser import models, utils
from moto.stepfunctions.parser.api import HistoryEventType, LambdaFunctionFailedEventDetails
from moto.stepfunctions.parser.asl.antlr.runtime.ASLIntrinsicLexer import ASLIntrinsicLexer
from moto.stepfunctions.parser.asl.antlr.runtime.ASLIntrinsicParser import ASLIntrinsicParser
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task_lambda import StateTaskLambda
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.parse.asl_parser import ASLParserException, SyntaxErrorListener
from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
from moto.stepfunctions.parser.asl.parse.intrinsic.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.json_path import NoSuchJsonPathError

from local.account import Account
from local.clock.stand_ins import datetime_on, event_on, thread_on, threading_on, time_on
from local.iam.iam import Iam

MAX_PAYLOAD_BYTES = 262_144
"""https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 256 KiB of JSON in UTF-8."""

_PACKAGE = models.__name__.rpartition(".")[0]


def install(aws: Account, iam: Iam) -> None:
    """Put the interpreter on the clock, and right its mistakes."""
    _put_on_clock(aws, iam)
    _silence(aws)
    for patch in (_waits, _errors, _payloads, _intrinsics, _context):
        patch(aws)
    # A parser of paths is built anew for each path that moto reads, which takes longer than all else that a state does.
    for module in (json_path, result_path):
        aws.replace(module, "parse", lru_cache(maxsize=1_000)(module.parse))


def aws_time(moment: datetime.datetime) -> str:
    """Write a moment as the context object has it: 2026-01-05T12:00:00.000Z."""
    utc = moment.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _put_on_clock(aws: Account, iam: Iam) -> None:
    clock = aws.clock
    stand_ins: list[tuple[object, Any]] = [
        (threading, threading_on(clock)),
        (threading.Thread, thread_on(clock)),
        (threading.Event, event_on(clock)),
        (time, time_on(clock)),
        (datetime, datetime_on(clock)),
    ]
    client_for = _clients(aws, iam)
    aws.replace(StateTask, "_eval_state_credentials", _credentials(StateTask._eval_state_credentials))  # noqa: SLF001
    for module in [module for name, module in sys.modules.items() if name.startswith(_PACKAGE)]:
        for name, value in list(vars(module).items()):
            for original, stand_in in stand_ins:
                if value is original:
                    aws.replace(module, name, stand_in)
        if hasattr(module, "boto_client_for"):
            aws.replace(module, "boto_client_for", client_for)
        if hasattr(module, "is_within_size_quota"):
            aws.replace(module, "is_within_size_quota", _fits)


def _credentials(evaluate: Callable[[StateTask, Environment], Any]) -> Callable[[StateTask, Environment], Any]:
    """Let a task's credentials tell for which state machine they are."""

    def eval_state_credentials(self: StateTask, env: Environment) -> Any:
        credentials = evaluate(self, env)
        credentials.state_machine_arn = env.states.context_object.context_object_data["StateMachine"]["Id"]
        return credentials

    return eval_state_credentials


def _clients(aws: Account, iam: Iam) -> Callable[..., Any]:
    """Give clients that ask once, since a definition says what is retried; moto makes a new one for each call.

    They call as the role of the state machine, or of the task.
    """
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        # A function may run for a quarter of an hour.
        read_timeout=960,
        max_pool_connections=100,
    )

    def client_for(region: str, service: str, state_credentials: Any) -> Any:  # noqa: ARG001
        role, machine = state_credentials.role_arn, state_credentials.state_machine_arn
        name = machine.split(":")[6]
        credentials = iam.assume(role, by="states.amazonaws.com", name=name, source_arn=machine)
        return aws.client(service, config=config, key=credentials.key)

    return client_for


def _silence(aws: Account) -> None:
    """Keep failures out of the log that an execution's history has."""
    logger = logging.getLogger(_PACKAGE)
    aws.on_closed(partial(logger.setLevel, logger.level))
    logger.setLevel(logging.CRITICAL)
    # moto keeps every thread it ever started in this list.
    aws.on_closed(utils.TMP_THREADS.clear)


def _waits(aws: Account) -> None:
    """Let a Wait state wait to the second and no longer than its execution runs."""
    clock = aws.clock

    def wait_interval(_: WaitFunction, env: Environment, wait_seconds: float) -> None:
        until = clock.now() + datetime.timedelta(seconds=wait_seconds)
        while env.is_running() and clock.now() < until:
            env.program_state_event.wait((until - clock.now()).total_seconds())

    def seconds_until(self: Timestamp, env: Environment) -> float:
        self.string.eval(env=env)
        text: str = env.stack.pop()
        if not Timestamp._is_valid_timestamp_pattern(text):  # noqa: SLF001
            raise FailureEventException(self._create_failure_event(env, text))
        return (datetime.datetime.fromisoformat(text) - clock.now()).total_seconds()

    aws.replace(WaitFunction, "_wait_interval", wait_interval)
    aws.replace(Timestamp, "_get_wait_seconds", seconds_until)


def _errors(aws: Account) -> None:
    """Let States.ALL match what it matches in AWS, and name what Lambda itself answers.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    terminal = {
        StatesErrorName(typ=StatesErrorNameType.StatesRuntime).error_name,
        StatesErrorName(typ=StatesErrorNameType.StatesStatesDataLimitExceeded).error_name,
    }
    matches = ErrorEqualsDecl._eval_body  # noqa: SLF001
    explain = StateTaskLambda._from_error  # noqa: SLF001
    explain_any = ExecutionState._from_error  # noqa: SLF001

    def is_matched(self: ErrorEqualsDecl, env: Environment) -> None:
        error = env.stack[-1]
        if error.error_name in terminal and error not in self.error_names:
            env.stack[-1] = False
        else:
            matches(self, env)

    def from_error(self: StateTaskLambda, env: Environment, ex: Exception) -> FailureEvent:
        match ex:
            case NoSuchJsonPathError():
                # On its way to where it becomes a States.Runtime that nothing catches.
                raise ex
            case ClientError():
                error, cause = f"Lambda.{ex.response['Error']['Code']}", str(ex.response["Error"].get("Message", ""))
            case BotoCoreError():
                error, cause = "Lambda.SdkClientException", str(ex)
            case _:
                return explain(self, env, ex)
        return FailureEvent(
            env=env,
            error_name=CustomErrorName(error),
            event_type=HistoryEventType.LambdaFunctionFailed,
            event_details=EventDetails(
                lambdaFunctionFailedEventDetails=LambdaFunctionFailedEventDetails(error=error, cause=cause)
            ),
        )

    def from_any_error(self: ExecutionState, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, NoSuchJsonPathError):
            raise ex
        return explain_any(self, env, ex)

    aws.replace(ErrorEqualsDecl, "_eval_body", is_matched)
    aws.replace(ExecutionState, "_from_error", from_any_error)
    aws.replace(StateTaskLambda, "_from_error", from_error)


def _payloads(aws: Account) -> None:
    """Refuse parameters of a task that are too large; moto looks at results alone."""
    for task in (StateTaskLambda, StateTaskService):
        evaluate = task._eval_parameters  # noqa: SLF001

        def eval_parameters(self: Any, env: Environment, evaluate: Callable[..., Any] = evaluate) -> Any:
            parameters = evaluate(self, env)
            self._verify_size_quota(env, parameters.get("Payload", parameters))
            return parameters

        aws.replace(task, "_eval_parameters", eval_parameters)


def _fits(value: Any) -> bool:
    text = value if isinstance(value, str) else compact(value)
    return len(text.encode("utf-8", "surrogatepass")) <= MAX_PAYLOAD_BYTES


def compact(value: Any) -> str:
    """Write JSON as Step Functions does."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


def _intrinsics(aws: Account) -> None:
    """Let a string in an intrinsic function contain an escaped apostrophe, and no function be half understood."""

    def parse(source: str) -> tuple[Any, Any]:
        listener = SyntaxErrorListener()
        # The source is the text between the quotation marks of a JSON string.
        lexer = ASLIntrinsicLexer(InputStream(json.loads(f'"{source}"')))
        parser = ASLIntrinsicParser(CommonTokenStream(lexer))
        for recognizer in (lexer, parser):
            recognizer.removeErrorListeners()
            recognizer.addErrorListener(listener)
        tree = parser.func_decl()
        if listener.errors:
            raise ASLParserException(errors=listener.errors)
        return Preprocessor().visit(tree), tree

    unescape = Preprocessor._replace_escaped_characters  # noqa: SLF001

    def replace_escaped(match: re.Match[str]) -> str:
        # moto hands the text of States.Format on to Python's own format, which has other words for braces.
        return {"'": "'", "\\": "\\", "{": "{{", "}": "}}"}.get(match[1]) or unescape(match)

    aws.replace(IntrinsicParser, "parse", staticmethod(parse))
    aws.replace(Preprocessor, "_replace_escaped_characters", staticmethod(replace_escaped))


def _context(aws: Account) -> None:
    """Let `$$.State` be as in AWS in every state, not in tasks alone."""

    def state_data(**members: Any) -> dict[str, Any]:
        return {**members, "EnteredTime": aws_time(aws.clock.now()), "RetryCount": 0}

    aws.replace(state, "StateData", state_data)
