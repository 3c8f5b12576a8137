"""Amazon Lookout for Vision: how a model is named, and what its statuses mean.

AWS ended the service on 2025-10-31. Names and tokens are checked by the shapes of the service model beside this file.
"""

import json
from pathlib import Path
from typing import Any

from model_lifecycle.services.fields import Field, text
from model_lifecycle.services.service import Identity, Service
from model_lifecycle.vocabulary.home import Home
from model_lifecycle.vocabulary.phase import LOOKOUT_VISION as STATUSES

SERVICE_MODELS = Path(__file__).parent / "service_models"
"""A folder as botocore's loader searches it."""

_SHAPES: dict[str, Any] = json.loads(
    (SERVICE_MODELS / "lookoutvision" / "2020-11-20" / "service-2.json").read_text(encoding="utf-8")
)["shapes"]
_LATEST = "latest"


def _field(shape_name: str, in_words: str) -> Field:
    shape = _SHAPES[shape_name]
    shortest, longest = shape["min"], shape["max"]
    allowed = f"{in_words}, a string of {shortest} to {longest} characters"
    return text(shape_name, shape["pattern"], characters=(shortest, longest), allowed=allowed)


def _contradictions(identity: Identity, _: Home | None) -> list[str]:
    if identity["ModelVersion"] == _LATEST:
        # What it names can change between the start and the stop.
        return [f'ModelVersion is "{_LATEST}", which is ambiguous; allowed is the number of a version']
    return []


LOOKOUT_VISION = Service(
    name="LookoutVision",
    title="Amazon Lookout for Vision",
    statuses=STATUSES,
    required=(
        _field("ProjectName", "a name of letters, digits, _ and -"),
        _field("ModelVersion", 'a version\'s number, as "1"'),
    ),
    optional=(),
    start_options=(_field("ClientToken", "letters, digits and -"),),
    contradictions=_contradictions,
    project=lambda identity: identity["ProjectName"],
    version=lambda identity: identity["ModelVersion"],
    stop_command=lambda identity: (
        f"aws lookoutvision stop-model --project-name {identity['ProjectName']}"
        f" --model-version {identity['ModelVersion']}"
    ),
)
