"""The picture of the rooms agrees with the import contract."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# AWS on this machine has a contract of its own, and no part in the picture of the app.
LOCAL = "local.server"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = [
    contract["layers"] for contract in CONTRACTS if contract["type"] == "layers" and LOCAL not in contract["layers"]
]


def allowed(layers: list[str]) -> set[tuple[str, str]]:
    """Who may import whom, of the rooms of a contract; those of one layer know nothing of each other."""
    floors = [[room.rpartition(".")[2] for room in layer.split(" | ")] for layer in layers]
    return {(one, other) for upper, lower in combinations(floors, 2) for one in upper for other in lower}


def drawn() -> set[tuple[str, str]]:
    """Who may import whom by the picture: along its arrows, as far as they lead."""
    [picture] = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
    arrows = set(re.findall(r"(\w+) --> (\w+)", picture))
    while further := {(one, end) for one, via in arrows for begin, end in arrows if via == begin} - arrows:
        arrows |= further
    return arrows


def test_the_picture_shows_what_the_contract_allows() -> None:
    assert drawn() == {pair for layers in LAYERS for pair in allowed(layers)}


def test_every_room_of_the_domain_is_on_the_page() -> None:
    folders = {path.parent.name for path in (ROOT / "lambdas" / "model_lifecycle").glob("*/__init__.py")}

    assert {room for room in folders if f"| `{room}/` |" in PAGE} == folders


def test_every_path_on_the_page_is_there() -> None:
    named = set(re.findall(r"`((?:[\w.]+/)+[\w.]*)`", PAGE))
    roots = (ROOT, ROOT / "lambdas", ROOT / "lambdas" / "model_lifecycle")

    assert [path for path in sorted(named) if not any((root / path).exists() for root in roots)] == []
