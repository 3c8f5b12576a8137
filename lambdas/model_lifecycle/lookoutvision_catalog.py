"""Every model of Lookout for Vision projects."""

from collections.abc import Sequence
from typing import Any

from botocore import xform_name

from model_lifecycle.catalog import Listed
from model_lifecycle.lookoutvision import ENDED, described
from model_lifecycle.phase import LOOKOUT_VISION as STATUSES
from model_lifecycle.phase import meaning_of
from model_lifecycle.service_errors import service_errors


class LookoutVisionCatalog:
    """The models of some projects; of none named, of all in this account and Region."""

    def __init__(self, project_names: Sequence[str], client: Any) -> None:
        self._project_names = project_names
        self._client = client

    def projects(self) -> Sequence[str]:
        """Project names; what ListProjects says where none are given."""
        if self._project_names:
            return self._project_names
        return [project["ProjectName"] for project in self._pages("ListProjects", "Projects")]

    def models(self, project: str) -> Sequence[Listed]:
        """What ListModels says, and of what may bill, DescribeModel: only that says the units."""
        return [self._listed(project, model) for model in self._pages("ListModels", "Models", ProjectName=project)]

    def _listed(self, project: str, model: dict[str, Any]) -> Listed:
        name = {"ProjectName": project, "ModelVersion": model["ModelVersion"]}
        if not meaning_of(model["Status"], STATUSES).may_bill:
            return Listed(name, described(model))
        with service_errors("DescribeModel", where_unreachable=ENDED):
            return Listed(name, described(self._client.describe_model(**name)["ModelDescription"]))

    def _pages(self, operation: str, member: str, **asked: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with service_errors(operation, where_unreachable=ENDED):
            for page in self._client.get_paginator(xform_name(operation)).paginate(**asked):
                found += page[member]
        return found
