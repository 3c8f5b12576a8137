"""Every model of Lookout for Vision projects."""

from collections.abc import Sequence
from typing import Any

from botocore import xform_name

from model_lifecycle.aws.lookout_vision import ENDED
from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.model.catalog import Listed


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
        """What ListModels says."""
        return [
            Listed({"ProjectName": project, "ModelVersion": model["ModelVersion"]}, model["Status"])
            for model in self._pages("ListModels", "Models", ProjectName=project)
        ]

    def _pages(self, operation: str, member: str, **asked: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with service_errors(operation, where_unreachable=ENDED):
            for page in self._client.get_paginator(xform_name(operation)).paginate(**asked):
                found += page[member]
        return found
