"""The README tells what is deployed, and what its commands and tables say is so."""

import json
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.requests.model_request import Defaults
from model_lifecycle.requests.start_request import parse_request
from model_lifecycle.requests.stop_request import parse_stop_request
from model_lifecycle.vocabulary import errors
from model_lifecycle.vocabulary.errors import InvalidRequestError
from plan.command import main as plan
from settings.schedules import FORMS
from settings.settings import Settings
from tests.template.synthesized import ROOT, Synthesized

README = (ROOT / "README.md").read_text(encoding="utf-8")
NEVER_AN_END = {"ModelLifecycleError", "ModelInUseError", "ServiceUnavailableError", "RecordChangedError"}
"""What the steps mean among themselves."""


def pictures() -> list[str]:
    """The drawn machines: start-model, then stop-model."""
    return re.findall(r"```mermaid\n(.*?)```", README, re.DOTALL)


def drawn_transitions(picture: str) -> set[tuple[str, str]]:
    """The arrows of a picture, between the states' names."""
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


def table_after(heading: str, *, number: int = 0) -> dict[str, list[str]]:
    """A table after a heading: what stands in code in its first column, and the cells of that row."""
    section = README.split(f"\n{heading}\n", 1)[1]
    [rows] = re.findall(r"^\| --- .*?\n((?:\|.*\n)+)", section, re.MULTILINE)[number : number + 1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {name: row for row in cells for name in re.findall(r"`(\w+)`", row[0])}


def test_the_pictures_are_the_state_machines(default: Synthesized) -> None:
    assert [drawn_transitions(picture) for picture in pictures()] == [
        transitions(default.definitions[name]) for name in ("start-model", "stop-model")
    ]


def test_the_settings_are_all_there_with_their_defaults() -> None:
    table = table_after("## Deploy to an account")

    assert list(table) == list(Settings.model_fields)
    defaults = Settings().model_dump(mode="json")
    assert {name: json.loads(row[1].strip("`")) for name, row in table.items()} == defaults


def test_the_cdk_json_has_the_defaults() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

    assert {name: context[name] for name in Settings.model_fields} == Settings().model_dump(mode="json")


@pytest.mark.parametrize(("parse", "tables"), [(parse_request, [0]), (parse_stop_request, [0, 1])])
def test_the_inputs_fields_are_all_there(parse: Callable[..., object], tables: list[int]) -> None:
    known = known_fields(parse)
    table = set().union(*(table_after("## The input, field by field", number=number) for number in tables))

    of_starts_alone = known_fields(parse_request) - known
    of_conditions = {"FailedStart"} if parse is parse_stop_request else set()
    assert table - of_starts_alone == known | of_conditions


def known_fields(parse: Callable[..., object]) -> set[str]:
    """The fields that an input may have, by what is said of one that has another."""
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    with pytest.raises(InvalidRequestError) as caught:
        parse({"Nonsense": 1}, defaults=defaults, home=None)
    [allowed] = re.findall(r"is unknown; allowed are ([\w, ]+)", str(caught.value))
    return set(allowed.split(", "))


def test_the_errors_are_those_that_end_an_execution() -> None:
    section = README.split("\nfilter policies", 1)[1]
    named = set(re.findall(r"`(\w+Error)`", section))

    family = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert named == family - NEVER_AN_END


def test_every_outcome_is_named() -> None:
    [sentence] = re.findall(r"`Outcome` is (.*?)\.", README, re.DOTALL)

    assert set(re.findall(r"`(\w+)`", sentence)) == set(Outcome)


def examples() -> list[Any]:
    """The blocks of JSON."""
    return [json.loads(example) for example in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]


def test_the_examples_of_json_are_good() -> None:
    schedules, event = examples()

    Settings(schedules=schedules)
    defaults = Defaults(start_timeout_seconds=1, stop_timeout_seconds=1)
    assert parse_request(json.loads(event["Detail"]), defaults=defaults, home=None).project == "boards"


def test_the_schedules_fields_are_all_there() -> None:
    fields = {name for form in FORMS.values() for name in form.model_fields}

    assert {*table_after("### Schedules"), "name", "action"} == fields


def test_the_plan_of_the_schedules_is_what_make_plan_prints(capsys: pytest.CaptureFixture[str]) -> None:
    [(arguments, printed)] = re.findall(r'make plan ARGS="(.*?)"\n```\n\n```text\n(.*?)```', README, re.DOTALL)

    assert plan([*shlex.split(arguments), "-c", f"schedules={json.dumps(examples()[0])}"]) == 0
    assert capsys.readouterr().out == printed


def test_every_make_target_that_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b(?= |`|\n)", README)) <= targets | {"and"}
