"""A stage behind every fixed name lets deployments live beside each other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation.schemas import fixed_name
from tests.template.stages import STAGE, synthesized_stages
from tests.template.synthesized import Synthesized

OF_THE_DEFAULT = re.compile(r"(^|[:/-])(start-model|stop-model|model-leases|model-lifecycle|ModelLifecycle)($|[:/.])")


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesized_stages(tmp_path_factory)


@pytest.fixture(scope="module")
def staged(stages: Path) -> Synthesized:
    return Synthesized(stages / "staged")


def fixed_names(of: Synthesized) -> list[str]:
    types = {resource["Type"] for resource in of.template["Resources"].values()}
    named = ((kind, fixed_name(kind, properties)) for kind in types for properties in of.all(kind).values())
    return [json.dumps([kind, name]) for kind, name in named if name]


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)


def test_no_fixed_name_is_in_two_stages(default: Synthesized, staged: Synthesized) -> None:
    ours, theirs = fixed_names(default), fixed_names(staged)

    assert len(ours) == len(theirs) > 0
    assert set(ours).isdisjoint(theirs)
    assert staged.template_file.name == f"ModelLifecycle-{STAGE}.template.json"


def test_nothing_of_a_stage_names_what_belongs_to_the_default(staged: Synthesized, default: Synthesized) -> None:
    def named(of: Synthesized) -> set[str]:
        resources = of.plain([each.get("Properties", {}) for each in of.template["Resources"].values()])
        return {text for text in texts([resources, of.plain(of.template["Outputs"])]) if OF_THE_DEFAULT.search(text)}

    assert named(default)
    assert named(staged) == set()


@pytest.mark.parametrize(("name", "warned"), [("staged", False), ("every project", True)])
def test_a_stage_that_watches_all_models_is_warned_of(stages: Path, name: str, warned: bool) -> None:
    manifest = json.loads((stages / name / "manifest.json").read_text(encoding="utf-8"))
    metadata = manifest["artifacts"][f"ModelLifecycle-{STAGE}"]
    if additional := metadata.get("additionalMetadataFile"):
        metadata = {"metadata": json.loads((stages / name / additional).read_text(encoding="utf-8"))}
    warnings = [
        each["data"] for of in metadata["metadata"].values() for each in of if each["type"] == "aws:cdk:warning"
    ]

    assert len(warnings) == warned
    assert all(f"The stage {STAGE} watches the models of every deployment" in each for each in warnings)
