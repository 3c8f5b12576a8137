"""Lambda that runs the deployed zip as configured, under Lambda's own runtime client."""

import io
import json
import threading
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.exceptions import LambdaClientError, UnknownFunctionException
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from moto.logs.models import logs_backends

from local.account import Account, EndingError
from local.api.measurement import Measurement, Metric
from local.functions.asynchronous_invocations import AsynchronousInvocations
from local.functions.function_instance import FunctionInstance, Program
from local.functions.launched import Launcher
from local.functions.python import Python
from local.functions.runtime import link_runtime, link_time_machine
from local.functions.runtime_api import Invocation, Outcome
from local.functions.versions import VersionStorage, by_qualifier, list_versions_by_function
from local.iam.iam import Credentials, Iam
from local.iam.needs import Need
from local.scenario.scenario import Quotas, Scenario

_LEAST_UNRESERVED = 100
_MOST_LAUNCHERS = 4
"""Of so many zips at a time; each takes some memory, and to start another costs no more than any process did."""


def install(aws: Account, iam: Iam) -> "Functions":
    """Let functions run."""
    functions = Functions(aws, iam)
    members = {"functions": functions, "now": staticmethod(aws.clock.now)}
    aws.replace(lambda_simple_backends, "backend", type("FunctionsBackend", (_Backend,), members))
    aws.replace(LambdaResponse, "list_versions_by_function", list_versions_by_function)
    aws.replace(LambdaResponse, "invoke", by_qualifier(LambdaResponse.invoke))
    aws.on_close(functions.close)
    return functions


class TooManyRequestsError(LambdaClientError):  # type: ignore[misc]
    """All instances that the function's reserved concurrency or the account's quota allows are busy."""

    code = 429

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


class ServiceEndsError(EndingError, LambdaClientError):  # type: ignore[misc]
    """The local AWS is about to end."""

    code = 500

    def __init__(self) -> None:
        super().__init__("ServiceException", "The local AWS ends.")


class NotEnoughUnreservedError(LambdaClientError):  # type: ignore[misc]
    """So much reserved concurrency would leave too little for the functions without any."""

    def __init__(self) -> None:
        super().__init__(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{_LEAST_UNRESERVED}].",
        )


class RoleCannotBeAssumedError(LambdaClientError):  # type: ignore[misc]
    """The role of a function does not trust Lambda, or is not there."""

    def __init__(self, code: str) -> None:
        super().__init__(code, "The role defined for the function cannot be assumed by Lambda.")


class InvalidRequestContentError(LambdaClientError):  # type: ignore[misc]
    """The payload is not JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__("InvalidRequestContentException", f"Could not parse request body into json: {reason}")


class Functions:
    """All instances of all functions."""

    def __init__(self, aws: Account, iam: Iam) -> None:
        self._aws = aws
        self._iam = iam
        self._code = _UnpackedCode(aws.folder / "functions")
        self.python = Python.newest()
        self._runtime = link_runtime(aws.folder / "runtime", self.python)
        self._time_machine = link_time_machine(aws.folder / "time-machine", self.python)
        self._guard = threading.Lock()
        self._freed = threading.Condition(self._guard)
        self._waiting = 0
        self._most = Quotas().concurrent_executions
        self._idle: dict[str, list[FunctionInstance]] = {}
        self._busy: dict[str, set[FunctionInstance]] = {}
        self._names: dict[str, str] = {}
        self._present: dict[str, str] = {}
        """The identity of each function and version as it is now."""
        self._launchers: dict[Path, Launcher] = {}
        self._closed = False
        self._asynchronous = AsynchronousInvocations(aws, self.invoke, self.credentials)

    def load(self, scenario: Scenario) -> None:
        """Have the scenario's quota from now on."""
        with self._guard:
            self._most = scenario.quotas.concurrent_executions

    @property
    def quota(self) -> int:
        """How many invocations the account may have at a time."""
        return self._most

    def invoke(self, function: LambdaFunction, payload: bytes, *, request_id: str | None = None) -> Outcome:
        """Run a function once and return what came of it.

        Raises `TooManyRequestsError` and `RoleCannotBeAssumedError`.
        """
        request_id = request_id or str(uuid.uuid4())
        with self._guard:
            # What runs keeps the code and the settings that it began with.
            function = SimpleNamespace(**vars(function))
        measure = self._measuring(str(function.function_name))
        try:
            with self._aws.clock.running(), self._instance(function) as instance:
                measure("Invocations", 1)
                began = time.perf_counter()
                outcome = instance.invoke(
                    Invocation(
                        request_id=request_id,
                        payload=payload or b"{}",
                        function_arn=function.function_arn,
                        deadline=self._aws.clock.now() + timedelta(seconds=int(function.timeout)),
                        trace_id=_trace_id(self._aws.clock.now().timestamp()),
                    )
                )
                # It ran by the machine's own time, whatever the clock says.
                measure("Duration", (time.perf_counter() - began) * 1_000, "Milliseconds")
                measure("Errors", int(outcome.failed))
                return outcome
        except TooManyRequestsError:
            measure("Throttles", 1)
            raise

    def _measuring(self, function: str) -> Callable[..., None]:
        def measure(name: str, value: float, unit: str = "Count") -> None:
            if not self._aws.ending.is_set():
                self._aws.announce(Measurement(Metric.of("AWS/Lambda", name, FunctionName=function), value, unit))

        return measure

    def invoke_later(self, function: LambdaFunction, payload: bytes) -> None:
        """Take an event for a function and return at once; retries and destinations are as Lambda's."""
        self._asynchronous.accept(function, payload or b"{}")

    def credentials(self, function: LambdaFunction, *, code: str = "AccessDeniedException") -> Credentials:
        """Assume a function's role.

        Raises `RoleCannotBeAssumedError` with this error code.
        """
        try:
            # Lambda does not say for which function it assumes a role: `aws:SourceArn` is about who invokes one.
            return self._iam.assume(function.role, by="lambda.amazonaws.com", name=function.function_name)
        except ClientError as error:
            raise RoleCannotBeAssumedError(code) from error

    def kill(self, instance_id: str) -> None:
        """End an instance's process at once, whatever it does; an unknown or dead one is as good as killed."""
        with self._guard:
            everyone = self._everyone()
        for instance in everyone:
            if instance.id == instance_id:
                instance.kill()

    def end_idle(self) -> None:
        """End every process that waits for work, as Lambda does after some time: the next call is a cold start."""
        with self._guard:
            idle = [instance for some in self._idle.values() for instance in some]
        for instance in idle:
            instance.kill()

    def name_of(self, instance_id: str) -> str:
        """Tell whose instance this is: a function's name; empty for an id that is unknown."""
        with self._guard:
            return self._names.get(instance_id, "")

    def forget(self, function: LambdaFunction) -> None:
        """End the instances of a function, or of a version, that is deleted."""
        with self._guard:
            self._supersede(function.function_arn, None)

    def _supersede(self, arn: str, identity: str | None) -> None:
        """Let no instance outlive what it is of: those that are busy end with what they do."""
        before = self._present.pop(arn, identity)
        if identity is not None:
            self._present[arn] = identity
        if before is not None and before != identity:
            for instance in self._idle.pop(before, []):
                instance.kill()

    def living(self) -> set[str]:
        """Return the ids of the instances that there are."""
        with self._guard:
            return {instance.id for instance in self._everyone() if instance.alive}

    @contextmanager
    def changing(self, function: LambdaFunction) -> Iterator[None]:
        """Change a function in a block, which no invocation sees half done."""
        with self._guard:
            yield
            self._supersede(function.function_arn, _identity(function, self._aws.addresses))

    def close(self) -> None:
        """End all processes."""
        with self._guard:
            self._closed = True
            self._freed.notify_all()
            everyone = self._everyone()
        for instance in everyone:
            instance.kill()
        for launcher in self._launchers.values():
            launcher.close()

    def _everyone(self) -> list[FunctionInstance]:
        return [instance for some in (*self._idle.values(), *self._busy.values()) for instance in some]

    @contextmanager
    def _instance(self, function: LambdaFunction) -> Iterator[FunctionInstance]:
        key = _identity(function, self._aws.addresses)
        instance = self._take(function, key)
        try:
            yield instance
        finally:
            with self._guard:
                busy = self._busy[key]
                busy.discard(instance)
                if self._present.get(function.function_arn) != key:
                    instance.kill()
                elif instance.alive:
                    self._idle.setdefault(key, []).append(instance)
                if not busy:
                    self._busy.pop(key, None)
                self._freed.notify_all()

    def _take(self, function: LambdaFunction, key: str) -> FunctionInstance:
        with self._guard:
            if self._closed:
                raise ServiceEndsError
            self._supersede(function.function_arn, key)
            limit = _reserved(function)
            if limit is not None and self._busy_of(function.function_name) >= limit:
                raise TooManyRequestsError
            if sum(map(len, self._busy.values())) + self._waiting >= self._most:
                raise TooManyRequestsError
            instance = self._idle_instance(key) or self._start_in_the_pool(function, key)
            self._names[instance.id] = function.function_name
            self._busy.setdefault(key, set()).add(instance)
            return instance

    def _busy_of(self, name: str) -> int:
        """Count the instances of a function and its versions that are busy."""
        return sum(self._names[instance.id] == name for some in self._busy.values() for instance in some)

    def _idle_instance(self, key: str) -> FunctionInstance | None:
        idle = self._idle.setdefault(key, [])
        while idle and not idle[-1].alive:
            idle.pop()
        return idle.pop() if idle else None

    def _start_in_the_pool(self, function: LambdaFunction, key: str) -> FunctionInstance:
        """Start a process, or wait for one: there are only so many, since each takes memory."""
        self._waiting += 1
        try:
            while sum(instance.alive for instance in self._everyone()) >= self._aws.processes:
                others = next((some for other, some in self._idle.items() if some and other != key), None)
                if others is not None:
                    others.pop(0).kill()
                    continue
                self._freed.wait()
                if self._closed:
                    raise ServiceEndsError
                if instance := self._idle_instance(key):
                    return instance
            return self._start(function)
        finally:
            self._waiting -= 1

    def _start(self, function: LambdaFunction) -> FunctionInstance:
        credentials = self.credentials(function)
        task_root = self._code.of(function)
        launch: dict[str, Any] = {}
        if self._aws.clock.virtual:
            launch |= {"now": self._aws.clock.now().isoformat(), "ticks": self._aws.clock.ticks}
            launch["time_machine"] = str(self._time_machine)
        log = _Log(self._aws, self._iam, function)
        if (function.tracing_config or {}).get("Mode") == "Active":
            self._iam.allows(log.writer, *map(Need, ("xray:PutTraceSegments", "xray:PutTelemetryRecords")))
        program = Program(
            handler=function.handler,
            timeout=float(function.timeout),
            environment=self._environment(function, task_root, log, credentials),
            task_root=task_root,
            launch=launch,
        )
        launcher = self._launcher(task_root)
        return FunctionInstance(program, launcher, log=log.write, threads=self._aws.clock.threads)

    def _launcher(self, task_root: Path) -> Launcher:
        if task_root not in self._launchers:
            while len(self._launchers) >= _MOST_LAUNCHERS:
                self._launchers.pop(next(iter(self._launchers))).close()
            path = [str(task_root), str(self._runtime)]
            self._launchers[task_root] = Launcher(self.python.executable, path)
        return self._launchers[task_root]

    def _environment(
        self, function: LambdaFunction, task_root: Path, log: "_Log", credentials: Credentials
    ) -> dict[str, str]:
        """Give what Lambda sets, and what the function is configured with.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
        """
        return {
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **self._aws.addresses,
            **{name: str(value) for name, value in function.environment_vars.items()},
            "AWS_ACCESS_KEY_ID": credentials.key,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._aws.endpoint_url,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": log.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": log.stream,
            "AWS_REGION": function.region,
            "AWS_SECRET_ACCESS_KEY": credentials.secret,
            "AWS_SESSION_TOKEN": credentials.token,
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
            "LAMBDA_RUNTIME_DIR": str(self._runtime),
            "LAMBDA_TASK_ROOT": str(task_root),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }


class _UnpackedCode:
    """Each zip's content, unpacked once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, function: LambdaFunction) -> Path:
        target = self._folder / str(function.code_digest).replace(":", "-")
        if not target.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as code:
                code.extractall(target)
        return target


class _Log:
    """The log stream of one instance, which its role writes: what it may not write is lost."""

    def __init__(self, aws: Account, iam: Iam, function: LambdaFunction) -> None:
        self.writer = iam.session(function.role, function.function_name)
        self.group = getattr(function, "log_group", None) or f"/aws/lambda/{function.function_name}"
        self.stream = f"{aws.clock.now():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        self._clock = aws.clock
        backend = logs_backends[function.account_id][function.region]
        group = f"arn:aws:logs:{function.region}:{function.account_id}:log-group:{self.group}"
        stream = f"{group}:log-stream:{self.stream}"
        if self.group not in backend.groups and iam.allows(self.writer, Need("logs:CreateLogGroup", group)):
            backend.ensure_log_group(self.group)
        # The group itself, since the API refuses what is not of these days, and a virtual clock may be anywhere.
        self._group = backend.groups.get(self.group)
        self._may_write = False
        if self._group and iam.allows(self.writer, Need("logs:CreateLogStream", stream)):
            backend.ensure_log_stream(self.group, self.stream)
            self._may_write = iam.allows(self.writer, Need("logs:PutLogEvents", stream))

    def write(self, line: str) -> None:
        if not self._may_write or self._group is None:
            return
        timestamp = round(self._clock.now().timestamp() * 1000)
        # Who has deleted the stream wants no more of it.
        if stream := self._group.streams.get(self.stream):
            stream.put_log_events([{"timestamp": timestamp, "message": line}])


def _reserved(function: LambdaFunction) -> int | None:
    """Return how many instances a function and its versions have for themselves; what they froze does not count."""
    try:
        latest = lambda_simple_backends[function.account_id][function.region].get_function(function.function_name)
    except UnknownFunctionException:
        return None
    return None if latest.reserved_concurrency is None else int(latest.reserved_concurrency)


def _identity(function: LambdaFunction, addresses: Mapping[str, str]) -> str:
    """Tell functions apart whose instances cannot serve each other's invocations."""
    configuration = [
        function.function_arn,
        function.code_digest,
        function.handler,
        function.timeout,
        function.memory_size,
        function.environment_vars,
        addresses,
    ]
    return json.dumps(configuration, sort_keys=True)


def _trace_id(now: float) -> str:
    root = uuid.uuid4().hex
    return f"Root=1-{int(now):08x}-{root[:24]};Parent={root[16:]};Sampled=0"


class _Backend(LambdaSimpleBackend):  # type: ignore[misc]
    functions: Functions
    now: Callable[[], datetime]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lambdas = VersionStorage(region_name, account_id, now=self.now, gone=self.functions.forget)

    @property
    def _url_module(self) -> Any:
        from moto.awslambda import urls

        return urls

    def update_function_code(self, function_name: str, qualifier: str, body: dict[str, Any]) -> Any:
        """Change the code; what runs finishes with the code that it began with."""
        function = self.get_function(function_name, qualifier)
        with self.functions.changing(function):
            function.update_function_code(body)
            function.architectures = body.get("Architectures", function.architectures)
        published = self.publish_version(function_name) if body.get("Publish") else None
        return (published or function).get_configuration()

    def update_function_configuration(self, function_name: str, qualifier: str, body: dict[str, Any]) -> Any:
        """Change the settings, also those that moto leaves as they are."""
        function = self.get_function(function_name, qualifier)
        with self.functions.changing(function):
            function.update_configuration(body)
            function.tracing_config = body.get("TracingConfig", function.tracing_config)
            function.dead_letter_config = body.get("DeadLetterConfig", getattr(function, "dead_letter_config", None))
            if "LoggingConfig" in body:
                function.log_group = body["LoggingConfig"].get("LogGroup")
        return function.get_configuration()

    def put_function_concurrency(self, function_name: str, reserved_concurrency: str) -> Any:
        """Reserve concurrency for a function, if enough of the account's is left for all others.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        """
        others = [each for each in self.list_functions() if each.function_name != function_name]
        reserved = int(reserved_concurrency) + sum(int(each.reserved_concurrency or 0) for each in others)
        if self.functions.quota - reserved < _LEAST_UNRESERVED:
            raise NotEnoughUnreservedError
        return super().put_function_concurrency(function_name, reserved_concurrency)

    def put_function_event_invoke_config(self, function_name: str, config: dict[str, Any]) -> Any:
        """Set what becomes of events that fail. moto keeps the old one, and answers it."""
        self.get_function(function_name).event_invoke_config.clear()
        return super().put_function_event_invoke_config(function_name, config)

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        """Create a function whose role trusts Lambda."""
        function = super().create_function(spec)
        try:
            self.functions.credentials(function, code="InvalidParameterValueException")
        except RoleCannotBeAssumedError:
            self.delete_function(function.function_name, None)
            raise
        return function

    def invoke(
        self,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: MutableMapping[str, str],
    ) -> bytes:
        function = self.get_function(function_name, qualifier)
        payload = body.encode() if isinstance(body, str) else body or b""
        _check_json(payload)
        response_headers["X-Amz-Executed-Version"] = str(function.version)
        match headers.get("X-Amz-Invocation-Type", "RequestResponse"):
            case "DryRun":
                return b""
            case "Event":
                self.functions.invoke_later(function, payload)
                return b""
            case _:
                outcome = self.functions.invoke(function, payload)
                if outcome.failed:
                    response_headers["X-Amz-Function-Error"] = "Unhandled"
                return outcome.payload


def _check_json(payload: bytes) -> None:
    if payload:
        try:
            json.loads(payload)
        except ValueError as error:
            raise InvalidRequestContentError(str(error)) from error
