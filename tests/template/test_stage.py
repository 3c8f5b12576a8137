"""A stage at the end of every fixed name lets deployments exist side by side."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloudformation.schemas import fixed_name
from model_lifecycle.vocabulary.metrics import NAMESPACE
from tests.template.stages import STAGE, synthesized_stage
from tests.template.synthesized import Synthesized, deploys_made_once
from tests.template.test_limits import FULLEST, LONGEST_STAGE

OF_THE_DEFAULT = re.compile(r"(^|[:/-])(start-model|stop-model|model-leases|model-lifecycle|ModelLifecycle)($|[:/.])")


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return synthesized_stage(tmp_path_factory)


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
    # The metrics of all deployments are in one namespace: a dimension tells whose they are.
    assert named(staged) == {NAMESPACE}


@pytest.mark.parametrize(("name", "warned"), [("projects", False), ("some schedules", True)])
def test_a_stage_that_watches_all_models_is_warned_of(
    tmp_path_factory: pytest.TempPathFactory, name: str, warned: bool
) -> None:
    folder = deploys_made_once("limits-fullest", tmp_path_factory, FULLEST) / name
    artifacts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    file = artifacts[f"ModelLifecycle-{LONGEST_STAGE}"]["additionalMetadataFile"]
    metadata = json.loads((folder / file).read_text(encoding="utf-8"))
    warnings = [each["data"] for of in metadata.values() for each in of if each["type"] == "aws:cdk:warning"]

    about_stages = [each for each in warnings if each.startswith("The stage")]
    assert len(about_stages) == warned
    assert all(f"The stage {LONGEST_STAGE} watches the models of every deployment" in each for each in about_stages)
