"""The tags by which what is deployed is found, and who answers for it."""

import json

import pytest

from tests.template.stages import STAGE, synthesized_stage
from tests.template.synthesized import Synthesized


def tags_of(synthesized: Synthesized) -> dict[str, str]:
    """Return the tags of the stack, which CloudFormation gives to its resources."""
    artifacts = json.loads((synthesized.folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    tags: dict[str, str] = artifacts[synthesized.template_file.name.partition(".")[0]]["properties"]["tags"]
    return tags


@pytest.mark.parametrize(
    ("synthesized", "owner"), [("default", {}), ("chosen", {"owner": "Team A"})], indirect=["synthesized"]
)
def test_a_deploy_is_tagged_with_the_application_and_its_owner(synthesized: Synthesized, owner: dict[str, str]) -> None:
    assert tags_of(synthesized) == {"application": "model-lifecycle", **owner}


def test_a_stage_is_tagged_with_its_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert tags_of(synthesized_stage(tmp_path_factory))["stage"] == STAGE
