"""Lambda: what a function sees, and what its caller gets."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.server import LocalAws
from tests.local_aws.conftest import Workbench, until

ECHO = """
    import os
    def handler(event, context):
        return {"event": event, "arn": context.invoked_function_arn, "id": context.aws_request_id,
                "left": context.get_remaining_time_in_millis(), "environment": dict(os.environ)}
"""
ACT = """
    import os, time
    def handler(event, context):
        if "exit" in event: os._exit(event["exit"])
        if "tell" in event: open(event["tell"], "w").close()
        while "await" in event and not os.path.exists(event["await"]): time.sleep(0.01)
        if "sleep" in event: time.sleep(event["sleep"])
        if "import" in event: __import__(event["import"])
        if "raise" in event: raise KeyError(event["raise"])
        return os.environ["AWS_SDK_UA_APP_ID"]
"""


@pytest.fixture(scope="module")
def act(bench: Workbench) -> str:
    return bench.function(ACT)


def test_the_deployed_code_runs_as_it_is_configured(bench: Workbench) -> None:
    name = bench.function(ECHO, Environment={"Variables": {"COLOUR": "blue"}}, MemorySize=512, Timeout=7)
    answer, failure = bench.invoke(name, {"a": 1})
    assert failure is None
    assert answer["event"] == {"a": 1}
    assert answer["arn"] == f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert answer["left"] == 7_000
    environment = answer["environment"]
    assert environment["COLOUR"] == "blue"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert environment["AWS_ENDPOINT_URL"] == bench.aws.endpoint_url
    assert environment["_X_AMZN_TRACE_ID"].startswith("Root=1-")


def test_nothing_of_the_callers_environment_reaches_a_function(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "1")
    monkeypatch.setenv("AWS_PROFILE", "of-the-caller")
    environment = bench.invoke(bench.function(ECHO))[0]["environment"]
    assert not {"SECRET_OF_THE_CALLER", "AWS_PROFILE"} & set(environment)


@pytest.mark.parametrize("package", ["boto3", "botocore", "awslambdaric", "urllib3", "dateutil"])
def test_what_lambda_brings_can_be_imported(bench: Workbench, act: str, package: str) -> None:
    assert bench.invoke(act, {"import": package})[1] is None


@pytest.mark.parametrize("package", ["moto", "aws_cdk", "aws_lambda_powertools", "pydantic", "local", "pytest"])
def test_a_package_that_the_zip_lacks_is_missing(bench: Workbench, act: str, package: str) -> None:
    answer, failure = bench.invoke(act, {"import": package})
    assert failure == "Unhandled"
    assert answer["errorType"] == "ModuleNotFoundError"


def test_what_a_function_raises_is_told_in_lambdas_words(bench: Workbench, act: str) -> None:
    answer, failure = bench.invoke(act, {"raise": "it"})
    assert failure == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("KeyError", "'it'")
    assert answer["requestId"]
    assert "raise KeyError" in answer["stackTrace"][0]


def test_code_that_cannot_be_loaded_fails_each_invocation(bench: Workbench) -> None:
    name = bench.function("import no_such_package")
    for _ in range(2):
        answer, failure = bench.invoke(name)
        assert failure == "Unhandled"
        assert answer["errorType"] == "Runtime.ImportModuleError"
        assert "no_such_package" in answer["errorMessage"]


def test_a_function_that_takes_too_long_is_ended(bench: Workbench) -> None:
    answer, failure = bench.invoke(bench.function(ACT, Timeout=1), {"sleep": 3_600})
    assert failure == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_a_process_that_exits_fails_its_invocation_and_no_other(bench: Workbench, act: str) -> None:
    answer, failure = bench.invoke(act, {"exit": 3})
    assert failure == "Unhandled"
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert bench.invoke(act, {})[1] is None


def test_a_process_can_be_killed_by_the_id_in_its_user_agent(bench: Workbench, tmp_path: Path) -> None:
    name = bench.function(ACT)
    instance, _ = bench.invoke(name, {})
    assert bench.aws.functions.name_of(instance) == name
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(bench.invoke, name, {"tell": str(tmp_path / "sleeps"), "sleep": 3_600})
        until((tmp_path / "sleeps").exists)
        bench.aws.functions.kill(instance)
        told, failure = answer.result()
    assert failure == "Unhandled"
    assert told["errorType"] == "Runtime.ExitError"
    assert told["errorMessage"].endswith("signal: killed")
    assert bench.invoke(name, {})[0] != instance


def test_killing_nobody_hurts_nobody(aws: LocalAws) -> None:
    aws.functions.kill("no such instance")


def test_a_process_serves_one_invocation_after_the_other(bench: Workbench, act: str) -> None:
    assert bench.invoke(act, {})[0] == bench.invoke(act, {})[0]


def test_invocations_at_the_same_time_get_processes_of_their_own(bench: Workbench, tmp_path: Path) -> None:
    name = bench.function(ACT)
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    events = [{"tell": one, "await": other}, {"tell": other, "await": one}]
    with ThreadPoolExecutor(2) as callers:
        answers = list(callers.map(lambda event: bench.invoke(name, event), events))
    assert len({instance for instance, _ in answers}) == 2


def test_reserved_concurrency_is_a_limit(bench: Workbench) -> None:
    name = bench.function(ACT)
    bench.aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as refused:
        bench.invoke(name, {})
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_what_is_reserved_for_a_function_is_for_all_its_versions_together(bench: Workbench, tmp_path: Path) -> None:
    name, client = bench.function(ACT), bench.aws.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    began, go_on = tmp_path / "began", tmp_path / "go on"

    with ThreadPoolExecutor(1) as callers:
        busy = callers.submit(bench.invoke, name, {"tell": str(began), "await": str(go_on)})
        until(began.exists)
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            bench.invoke(name, {}, Qualifier=version)
        go_on.touch()
        busy.result()
    bench.invoke(name, {}, Qualifier=version)


def test_a_hundred_of_the_account_s_concurrency_stay_for_functions_without_a_reserve(bench: Workbench) -> None:
    name, client = bench.function(ACT), bench.aws.client("lambda")

    with pytest.raises(ClientError, match="below its minimum value of"):
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901)


def test_a_function_sees_the_virtual_time_stand_still(bench: Workbench) -> None:
    name = bench.function(
        """
        import datetime, time
        BORN = time.time()
        def handler(event, context):
            time.sleep(0.05)
            return [BORN, time.time(), datetime.datetime.now(datetime.UTC).isoformat()]
        """
    )
    clock = bench.aws.clock
    with clock.running():
        before = clock.now()
        (born, at_first, _), _ = bench.invoke(name)
        clock.wait(3_600)
        (_, later, said), _ = bench.invoke(name)
        assert born == at_first == pytest.approx(before.timestamp())
        assert later - at_first == pytest.approx(3_600)
        assert said == clock.now().isoformat()


def test_what_a_function_prints_is_in_its_log(bench: Workbench, capfd: pytest.CaptureFixture[str]) -> None:
    name = bench.function("def handler(event, context): print('héllo')")
    bench.invoke(name)
    logs = bench.aws.client("logs")
    # The process writes when it likes.
    seen = until(lambda: logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"])
    assert [event["message"] for event in seen] == ["héllo"]
    assert capfd.readouterr().out == ""


def test_a_dry_run_runs_nothing(bench: Workbench, act: str) -> None:
    assert bench.invoke(act, {"raise": "it"}, InvocationType="DryRun") == (None, None)


def test_a_payload_that_is_no_json_is_refused(bench: Workbench, act: str) -> None:
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        bench.aws.client("lambda").invoke(FunctionName=act, Payload=b"{")


def test_an_unknown_function_is_not_found(bench: Workbench) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bench.invoke("no-such-function")
