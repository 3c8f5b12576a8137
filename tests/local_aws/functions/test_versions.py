"""Published versions: each with its own code, environment and processes."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.server import LocalAws
from tests.local_aws.conftest import Workbench

TELL = """
    import os
    def handler(event, context):
        return {"code": "first", "colour": os.environ["COLOUR"], "version": context.function_version,
                "arn": context.invoked_function_arn, "instance": os.environ["AWS_SDK_UA_APP_ID"]}
"""


class Versioned:
    """A function whose versions are published, invoked and deleted."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.api: Any = bench.aws.client("lambda")
        self.name = bench.function(TELL, Environment={"Variables": {"COLOUR": "blue"}})

    def publish(self, **asked: str) -> str:
        return str(self.api.publish_version(FunctionName=self.name, **asked)["Version"])

    def paint(self, colour: str) -> None:
        self.api.update_function_configuration(FunctionName=self.name, Environment={"Variables": {"COLOUR": colour}})

    def recode(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("index.py", 'def handler(event, context):\n    return {"code": "second"}\n')
        self.api.update_function_code(FunctionName=self.name, ZipFile=archive.getvalue())

    def tells(self, qualifier: str | None = None) -> dict[str, Any]:
        answer, failure = self.bench.invoke(self.name, **({"Qualifier": qualifier} if qualifier else {}))
        assert failure is None
        return dict(answer)

    def versions(self) -> list[str]:
        pages = self.api.get_paginator("list_versions_by_function").paginate(FunctionName=self.name)
        return [version["Version"] for page in pages for version in page["Versions"]]


@pytest.fixture
def function(bench: Workbench) -> Versioned:
    return Versioned(bench)


def test_a_version_keeps_the_code_and_the_environment_it_was_published_with(function: Versioned) -> None:
    first = function.publish()
    before = function.tells(first)
    function.paint("red")
    function.recode()
    assert function.tells() == {"code": "second"}
    after = function.tells(first)
    assert (after["code"], after["colour"], after["version"]) == ("first", "blue", first)
    assert after["arn"].endswith(f":function:{function.name}:{first}")
    assert after["instance"] == before["instance"]


def test_versions_share_no_process(function: Versioned) -> None:
    first = function.publish()
    function.paint("red")
    second = function.publish()
    told = [function.tells(qualifier) for qualifier in (None, first, second)]
    assert [each["colour"] for each in told] == ["red", "blue", "red"]
    assert len({each["instance"] for each in told}) == 3


def test_what_has_not_changed_is_the_newest_version(function: Versioned) -> None:
    assert function.publish() == function.publish(Description="Once more") == "1"
    function.paint("red")
    assert function.publish() == "2"
    function.paint("blue")
    assert function.publish() == "3"


def test_a_version_is_told_by_its_qualifier_with_its_moment(function: Versioned) -> None:
    first = function.publish()
    function.paint("red")
    configuration = function.api.get_function_configuration(FunctionName=function.name, Qualifier=first)
    assert configuration["Environment"]["Variables"] == {"COLOUR": "blue"}
    assert configuration["Version"] == first
    assert configuration["LastModified"].startswith("2026-01-05T09:00")
    described = function.api.get_function(FunctionName=f"{function.name}:{first}")["Configuration"]
    assert described["FunctionArn"].endswith(f":{function.name}:{first}")


def test_a_deleted_version_is_gone_with_its_processes_and_its_number(function: Versioned) -> None:
    first = function.publish()
    instance = function.tells(first)["instance"]
    function.paint("red")
    second = function.publish()
    function.api.delete_function(FunctionName=function.name, Qualifier=first)
    assert instance not in function.bench.aws.functions.living()
    for call in (
        lambda: function.tells(first),
        lambda: function.api.get_function(FunctionName=function.name, Qualifier=first),
        lambda: function.api.delete_function(FunctionName=function.name, Qualifier=first),
    ):
        with pytest.raises(ClientError) as refusal:
            call()
        assert refusal.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert function.versions() == ["$LATEST", second]
    function.api.delete_function(FunctionName=f"{function.name}:{second}")
    assert function.publish() == "3"


@pytest.mark.parametrize(
    ("qualifier", "code"), [("$LATEST", "InvalidParameterValueException"), ("1", "ResourceConflictException")]
)
def test_what_is_in_use_is_not_deleted(function: Versioned, qualifier: str, code: str) -> None:
    function.api.create_alias(FunctionName=function.name, Name="live", FunctionVersion=function.publish())
    with pytest.raises(ClientError) as refusal:
        function.api.delete_function(FunctionName=function.name, Qualifier=qualifier)
    assert refusal.value.response["Error"]["Code"] == code
    assert function.versions() == ["$LATEST", "1"]


def test_versions_are_listed_in_pages(function: Versioned) -> None:
    for number in range(3):
        function.paint(f"number {number}")
        function.publish()
    page = function.api.list_versions_by_function(FunctionName=function.name, MaxItems=3)
    assert [version["Version"] for version in page["Versions"]] == ["$LATEST", "1", "2"]
    more = function.api.list_versions_by_function(FunctionName=function.name, Marker=page["NextMarker"])
    assert [version["Version"] for version in more["Versions"]] == ["3"]


def test_a_change_leaves_no_process_of_what_was_before(function: Versioned) -> None:
    before = function.tells()["instance"]
    function.paint("red")
    after = function.tells()["instance"]
    living = function.bench.aws.functions.living()
    assert after in living
    assert before not in living


def test_a_function_made_again_goes_on_with_its_numbers(function: Versioned, aws: LocalAws) -> None:
    function.publish()
    function.api.delete_function(FunctionName=function.name)
    with pytest.raises(ClientError):
        function.tells("1")
    bench = Workbench(aws)
    name, function.name = function.name, bench.function(TELL)
    configuration = function.api.get_function(FunctionName=function.name)["Configuration"]
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    function.api.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Role=configuration["Role"],
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    assert function.api.publish_version(FunctionName=name)["Version"] == "2"


def test_a_state_machine_calls_the_version_that_it_names(function: Versioned, bench: Workbench) -> None:
    arn = function.api.get_function(FunctionName=function.name)["Configuration"]["FunctionArn"]
    first = function.publish()
    function.paint("red")
    ended = bench.run({"Call": {"Type": "Task", "Resource": f"{arn}:{first}", "End": True}})
    assert '"colour":"blue"' in ended["output"].replace(" ", "")
    function.api.delete_function(FunctionName=function.name, Qualifier=first)
    ended = bench.run({"Call": {"Type": "Task", "Resource": f"{arn}:{first}", "End": True}})
    assert ended["error"] == "Lambda.ResourceNotFoundException"
