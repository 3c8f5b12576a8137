"""The pictures, and the messages that the README quotes, are current."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from pictures.dashboard import body_of, dashboard_picture, is_current
from pictures.machine import machine_picture
from pictures.page import DASHBOARD, written
from tests.template.synthesized import ROOT, Synthesized


def test_they_are_those_that_the_script_makes(default: Synthesized) -> None:
    for path, text in written(ROOT, default.definitions).items():
        assert path.read_text(encoding="utf-8") == text, "PYTHONPATH=lambdas .venv/bin/python -m pictures"


def test_the_dashboard_is_drawn_as_it_is_deployed(default: Synthesized) -> None:
    """What it was made of stands in it: to draw it again would take seconds."""
    picture = (ROOT / DASHBOARD).read_text(encoding="utf-8")

    assert is_current(picture, body_of(default.template)), "PYTHONPATH=lambdas .venv/bin/python -m pictures"
    assert not is_current(picture, {"widgets": []})
    assert not is_current(picture.replace("now", "then"), body_of(default.template))


@pytest.mark.soak
def test_the_dashboard_is_drawn_the_same_each_time(default: Synthesized) -> None:
    assert dashboard_picture(body_of(default.template)) == (ROOT / DASHBOARD).read_text(encoding="utf-8")


def test_they_need_nothing_of_another_host_and_are_well_formed() -> None:
    for path in (ROOT / "docs" / "pictures").glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        ElementTree.fromstring(text)  # noqa: S314 - our own
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("https://www.textualize.io", "")
        assert str(ROOT) not in text


def drawn_transitions(picture: str) -> set[tuple[str, str]]:
    """Return the arrows of a picture, between the states' names."""
    names = dict(re.findall(r'^ +(\w+)\W+"([^"]+)"', picture, re.MULTILINE))
    arrows = re.findall(
        r"^ +(\S+) \S+> ?(?:\|.*\| )?(\w+)$", picture.replace("(( ))", "").replace(">|", "> |"), re.MULTILINE
    )
    return {(names.get(start, "begin"), names[end]) for start, end in arrows}


def transitions(definition: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the arrows of the definition. A failed notification is told by the net, and changes no way."""
    found = {("begin", definition["StartAt"])}
    for name, state in definition["States"].items():
        nexts = [state.get("Next"), state.get("Default")]
        nexts += [choice["Next"] for choice in (*state.get("Choices", []), *state.get("Catch", []))]
        found |= {(name, following) for following in nexts if following}
    return found


@pytest.mark.parametrize("name", ["start-model", "stop-model"])
def test_a_machine_is_drawn_with_every_arrow_that_it_has(default: Synthesized, name: str) -> None:
    definition = default.definitions[name]

    assert drawn_transitions(machine_picture(definition)) == transitions(definition)
