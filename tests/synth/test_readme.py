"""The README tells what is deployed, and what its commands and tables say is so."""

import json
import re
from typing import Any

from model_lifecycle import errors
from model_lifecycle.outcome import Outcome
from model_lifecycle.request import Defaults, parse_request
from model_lifecycle.services import SERVICES
from stacks.schedules import Schedule
from stacks.settings import Settings
from tests.synth.synthesized import ROOT, Synthesized

README = (ROOT / "README.md").read_text(encoding="utf-8")
NEVER_AN_END = {"ModelLifecycleError", "ModelInUseError", "ServiceUnavailableError", "RecordChangedError"}
"""What the steps mean among themselves."""


def drawn_transitions() -> set[tuple[str, str]]:
    """The arrows of the picture, between the states' names."""
    [picture] = re.findall(r"```mermaid\n(.*?)```", README, re.DOTALL)
    names = {short: name for name, short in re.findall(r'state "([^"]+)" as (\w+)', picture)} | {"[*]": "[*]"}
    return {(names[start], names[end]) for start, end in re.findall(r"(\S+) --> ([^\s:]+)", picture)}


def transitions(definition: dict[str, Any]) -> set[tuple[str, str]]:
    """The arrows of the definition. A failed notification is told by the net, and changes no way."""
    found = {("[*]", definition["StartAt"])}
    for name, state in definition["States"].items():
        nexts = [state.get("Next"), state.get("Default")]
        nexts += [choice["Next"] for choice in (*state.get("Choices", []), *state.get("Catch", []))]
        if state["Type"] in ("Succeed", "Fail"):
            nexts = ["[*]"]
        found |= {(name, following) for following in nexts if following}
    return found


def table_after(heading: str) -> dict[str, list[str]]:
    """The first table after a heading: what stands in code in its first column, and the cells of that row."""
    section = README.split(f"\n{heading}\n", 1)[1]
    [rows] = re.findall(r"^\| --- .*?\n((?:\|.*\n)+)", section, re.MULTILINE)[:1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {name: row for row in cells for name in re.findall(r"`(\w+)`", row[0])}


def test_the_picture_is_the_state_machine(default: Synthesized) -> None:
    assert drawn_transitions() == transitions(default.definition)


def test_the_settings_are_all_there_with_their_defaults() -> None:
    table = table_after("## Deploy to an account")

    assert list(table) == list(Settings.model_fields)
    defaults = Settings().model_dump(mode="json")
    assert {name: json.loads(row[1].strip("`")) for name, row in table.items()} == defaults


def test_the_cdk_json_has_the_defaults() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

    assert {name: context[name] for name in Settings.model_fields} == Settings().model_dump(mode="json")


def test_the_input_s_fields_are_all_there() -> None:
    table = table_after("## The input, field by field")

    of_services = {field.name for service in SERVICES for field in service.fields}
    common = {"MinInferenceUnits", "MaxInferenceUnits", "StartTimeoutSeconds", "StopTimeoutSeconds"}
    assert set(table) == of_services | common | {"PollIntervalSeconds"}


def test_the_errors_are_those_that_end_an_execution() -> None:
    section = README.split("\nfilter policies", 1)[1]
    named = set(re.findall(r"`(\w+Error)`", section))

    family = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert named == family - NEVER_AN_END


def test_every_outcome_is_named() -> None:
    [sentence] = re.findall(r"`Outcome` is (.*?)\.", README, re.DOTALL)

    assert set(re.findall(r"`(\w+)`", sentence)) == set(Outcome)


def test_the_examples_of_json_are_good() -> None:
    schedule, event = (json.loads(example) for example in re.findall(r"```json\n(.*?)```", README, re.DOTALL))

    Schedule.model_validate(schedule)
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    assert parse_request(json.loads(event["Detail"]), defaults=defaults, home=None).project == "boards"


def test_every_make_target_that_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b(?= |`|\n)", README)) <= targets | {"and"}
