"""A state machine as a Mermaid diagram: success is thick, waits are dashed, failures are red."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

_STYLES = {
    "way": "fill:#dbeafe,stroke:#1d4ed8,stroke-width:3px,color:#111827",
    "wait": "fill:#f3f4f6,stroke:#6b7280,stroke-dasharray:4 3,color:#111827",
    "fail": "fill:#fee2e2,stroke:#b91c1c,color:#111827",
}
_SHAPES = {"Choice": ("{", "}"), "Succeed": ("([", "])"), "Fail": ("([", "])"), "Wait": ("(", ")")}


def machine_picture(definition: dict[str, Any]) -> str:
    """Return the text of a Mermaid flow chart."""
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(definition))]) + "\n"


def _lines(definition: dict[str, Any]) -> Iterator[str]:
    way = _way(definition)
    # What is named first is drawn above.
    states = {name: definition["States"][name] for name in [*way, *definition["States"]]}
    to_success = _leading_to(states, {way[-1]})
    yield f"begin(( )) ==> {_id(way[0])}"
    for name, state in states.items():
        opening, closing = _SHAPES.get(state["Type"], ("[", "]"))
        kind = "way" if name in way else "wait" if name in to_success or state["Type"] == "Succeed" else "fail"
        yield f'{_id(name)}{opening}"{name}"{closing}:::{kind}'
    for name, state in states.items():
        for following, why in _following(state).items():
            on_the_way = (name, following) in pairwise(way)
            arrow = "==>" if on_the_way else "-.->" if why == _FAULT else "-->"
            yield f"{_id(name)} {arrow}{f'|{why}|' if why else ''} {_id(following)}"
    for kind, style in _STYLES.items():
        yield f"classDef {kind} {style}"


_FAULT = "the function failed"


def _following(state: dict[str, Any]) -> dict[str, str]:
    """Return the states after this one, and why it goes there. A failed notification changes no way."""
    found: dict[str, str] = {}
    for choice in state.get("Choices", []):
        found.setdefault(choice["Next"], _condition(choice))
    if "Default" in state:
        found.setdefault(state["Default"], "anything else")
    if "Next" in state:
        found.setdefault(state["Next"], "")
    for catch in state.get("Catch", []):
        found.setdefault(catch["Next"], _FAULT)
    return found


def _condition(choice: dict[str, Any]) -> str:
    if "And" in choice:
        return f"{_condition(choice['And'][0])}, to be announced"
    return str(choice.get("StringEquals") or choice["Comment"])


def _way(definition: dict[str, Any]) -> list[str]:
    """Return the states of an execution that meets nothing in its way: each the first that the one before leads to."""
    way = [definition["StartAt"]]
    while following := list(_following(definition["States"][way[-1]])):
        way.append(following[0])
    return way


def _leading_to(states: dict[str, Any], ends: set[str]) -> set[str]:
    """Return the states from which these can be reached."""
    found = set(ends)
    while more := {name for name, state in states.items() if found & set(_following(state))} - found:
        found |= more
    return found


def _id(name: str) -> str:
    return name.replace(" ", "").replace("?", "Or")
