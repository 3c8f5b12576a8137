"""What the README and docs/ say, in tables, commands and examples, is true."""

import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from botocore.session import Session

from model_lifecycle.endings.outcome import EVENT_TYPES, FleetOutcome, Outcome
from model_lifecycle.requests.fleet_request import parse_fleet_request
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.errors import InvalidRequestError
from plan.command import main as plan
from plan.plan_warning import Kind
from settings.schedules import FORMS
from settings.settings import Settings
from tests.template.synthesized import ROOT, Synthesized

NEVER_AN_END = {"ModelLifecycleError", "ModelInUseError", "ServiceUnavailableError", "RecordChangedError"}
"""What the steps mean among themselves."""
MOST_LINES = 200
PATHS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in PATHS}
README = PAGES["README.md"]


def blocks(language: str, page: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE)


def table_after(page: str, heading: str, *, number: int = 0) -> dict[str, list[str]]:
    """Return a table after a heading: what stands in code in its first column, and the cells of that row."""
    section = f"\n{PAGES[page]}".split(f"\n{heading}\n", 1)[1]
    [rows] = re.findall(r"^\| --- .*?\n((?:\|.*\n)+)", section, re.MULTILINE)[number : number + 1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {name: row for row in cells for name in re.findall(r"`([\w ]+)`", row[0])}


def test_the_settings_are_all_there_with_their_defaults() -> None:
    table = table_after("settings.md", "# Settings")

    assert list(table) == list(Settings.model_fields)
    defaults = Settings().model_dump(mode="json")
    assert {name: json.loads(row[1].strip("`")) for name, row in table.items()} == defaults
    for name, row in table_after("README.md", "## Settings").items():
        assert row[1] == table[name][1]


def test_the_cdk_json_has_the_defaults() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

    assert {name: context[name] for name in Settings.model_fields} == Settings().model_dump(mode="json")


@pytest.mark.parametrize(("parse", "tables"), [(parse_request, [0]), (parse_stop_request, [0, 1])])
def test_the_inputs_fields_are_all_there(parse: Callable[..., object], tables: list[int]) -> None:
    known = known_fields(parse)
    table = set().union(*(table_after("inputs-and-outputs.md", "## Inputs", number=number) for number in tables))

    of_starts_alone = known_fields(parse_request) - known
    of_conditions = {"FailedStart"} if parse is parse_stop_request else set()
    assert table - of_starts_alone == known | of_conditions


def known_fields(parse: Callable[..., object]) -> set[str]:
    """Return the fields that an input may have, by what is said of one that has another."""
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    with pytest.raises(InvalidRequestError) as caught:
        parse({"Nonsense": 1}, defaults=defaults, home=None)
    [allowed] = re.findall(r"is unknown, known fields are ([\w, ]+)", str(caught.value))
    return set(allowed.split(", "))


def test_the_errors_are_those_that_end_an_execution() -> None:
    family = {name for name, value in vars(errors).items() if isinstance(value, type)}

    assert set(table_after("inputs-and-outputs.md", "## Outputs", number=1)) == family - NEVER_AN_END
    of_starts = family - NEVER_AN_END - {"StopTimedOutError"}
    assert set(table_after("operations.md", "### The model does not run")) == of_starts


def test_every_outcome_is_named() -> None:
    assert set(table_after("inputs-and-outputs.md", "## Messages", number=1)) == {*Outcome, *FleetOutcome}


def test_every_event_is_named() -> None:
    assert set(table_after("events.md", "## Events that report something")) == set(EVENT_TYPES.values())


def test_every_alarm_is_explained(default: Synthesized) -> None:
    alarms = {
        resource["Metadata"]["aws:cdk:path"].split("/")[-2]
        for resource in default.template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }

    assert set(table_after("operations.md", "## Alarms")) == alarms


def schedules() -> Any:
    """Return the example of the page about schedules."""
    example, *_ = blocks("json", "schedules.md")
    return json.loads(example)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_json_are_good(page: str) -> None:
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    for example in map(json.loads, blocks("json", page)):
        match example:
            case list():
                Settings(schedules=example)
            case {"Detail": detail}:
                assert parse_request(json.loads(detail), defaults=defaults, home=None).project == "boards"
            case {"Outcome": outcome}:
                assert outcome in {*Outcome, *FleetOutcome}
            case {"Models": [*_]}:
                parse = partial(parse_request, defaults=defaults, home=None)
                assert len(parse_fleet_request(example, parse=parse, at_once=40).models) == len(example["Models"])
            case _:
                assert parse_request(example, defaults=defaults, home=None).project == "boards"


def test_the_kinds_of_warnings_are_all_there_the_costliest_first() -> None:
    assert list(table_after("schedules.md", "## What it warns about")) == list(Kind)


def test_the_schedules_fields_are_all_there() -> None:
    fields = {name for form in FORMS.values() for name in form.model_fields}

    assert {*table_after("schedules.md", "# Schedules and `make plan`"), "action"} == fields


def test_the_plan_of_the_schedules_is_what_make_plan_prints(capsys: pytest.CaptureFixture[str]) -> None:
    [command], [printed] = blocks("sh", "schedules.md"), blocks("text", "schedules.md")
    [arguments] = re.findall(r'make plan ARGS="(.*?)"', command)

    assert plan([*shlex.split(arguments), "-c", f"schedules={json.dumps(schedules())}"]) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_it_names_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"(?:`|^)make ([a-z]+)\b", PAGES[page], re.MULTILINE)) <= targets


def commands(page: str) -> Iterator[list[str]]:
    """Yield the words of each command of a page."""
    for block in blocks("sh", page):
        for line in block.replace("\\\n", " ").splitlines():
            yield shlex.split(line, comments=True)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one_that_is_there(page: str) -> None:
    """Which of them do what the page says, the tests of `make local` and of `make run` hold."""
    npm = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["set-up"]["npm"]
    for command in commands(page):
        match command:
            case ["make", *_] | ["export", *_]:
                pass
            case ["pip", "install", "-r", file]:
                assert (ROOT / file).exists()
            case ["npx", package, "bootstrap" | "deploy", *words]:
                assert package == f"aws-cdk@{npm['aws-cdk']}"
                Settings.from_context(dict(word.split("=", 1) for flag, word in pairwise(words) if flag == "-c"))
            case ["aws", service, operation, *words]:
                assert_is_a_command_of_aws(service, operation, [word for word in words if word.startswith("--")])
            case _:
                pytest.fail(f"nobody holds what {command} does")


def assert_is_a_command_of_aws(service: str, command: str, options: list[str]) -> None:
    model = Session().get_service_model(service)
    [operation] = [name for name in model.operation_names if dashed(name) == command]
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    assert set(options) <= {f"--{dashed(name)}" for name in shape.members}


def dashed(name: str) -> str:
    """Return a name as the AWS CLI writes it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def anchors(text: str) -> set[str]:
    """Return the headings of a page, as GitHub links them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Any) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[path.name]):
        if not target.startswith("https://"):
            file, _, anchor = target.partition("#")
            page = path.parent / file if file else path
            assert page.exists(), target
            assert not anchor or anchor in anchors(page.read_text(encoding="utf-8")), target


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    assert len(README.splitlines()) <= MOST_LINES
    assert {path.name for path in PATHS[1:]} <= set(re.findall(r"\(docs/([\w-]+\.md)", README))
