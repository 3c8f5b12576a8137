"""The only caller of AWS Lambda: the published versions of the app's own functions."""

from datetime import datetime
from typing import TYPE_CHECKING

from model_lifecycle.aws.service_errors import service_errors
from model_lifecycle.releases.old_versions import Version
from model_lifecycle.vocabulary.errors import ModelNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_LATEST = "$LATEST"


class FunctionVersions:
    """The `PublishedVersions` of this account and Region."""

    def __init__(self, client: "LambdaClient") -> None:
        self._client = client

    def of(self, function_arn: str) -> list[Version]:
        """ListVersionsByFunction, but for what is not published."""
        pages = self._client.get_paginator("list_versions_by_function").paginate(FunctionName=function_arn)
        with service_errors("ListVersionsByFunction"):
            listed = [version for page in pages for version in page["Versions"] if version["Version"] != _LATEST]
            return [Version(int(each["Version"]), datetime.fromisoformat(each["LastModified"])) for each in listed]

    def delete(self, function_arn: str, number: int) -> None:
        """DeleteFunction with a qualifier."""
        try:
            with service_errors("DeleteFunction"):
                self._client.delete_function(FunctionName=function_arn, Qualifier=str(number))
        except ModelNotFoundError:
            return
