"""Published versions of functions: frozen code and configuration, under numbers that are never used twice.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""

import copy
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaFunction, LambdaStorage
from moto.awslambda.responses import LambdaResponse

from local.api.pages import page_of

_MOST = 50
"""In a page."""
_NOT_OF_A_VERSION = ("FunctionArn", "LastModified", "LastUpdateStatus", "RevisionId", "Version")


class AliasReferencesError(LambdaClientError):  # type: ignore[misc]
    """An alias points to the version that is to be deleted."""

    code = 409

    def __init__(self, name: str) -> None:
        super().__init__("ResourceConflictException", f"The version is referenced by the alias {name}.")


class VersionStorage(LambdaStorage):  # type: ignore[misc]
    """All functions of a Region, with their versions."""

    def __init__(
        self,
        region_name: str,
        account_id: str,
        *,
        now: Callable[[], datetime],
        gone: Callable[[LambdaFunction], None],
    ) -> None:
        """`gone` is told of each function and version that is deleted."""
        super().__init__(region_name, account_id)
        self._now = now
        self._gone = gone
        self._numbers: dict[str, int] = {}

    def publish_version(self, name_or_arn: str, description: str = "") -> LambdaFunction:
        """Freeze what there is; what has not changed since the newest version is that version."""
        latest = self.get_function_by_name_or_arn_forbid_qualifier(name_or_arn)
        versions = self._functions[latest.function_name]["versions"]
        if versions and frozen(versions[-1]) == frozen(latest):
            return versions[-1]
        # Numbers go on where they were, even after the function was deleted and made again.
        number = self._numbers.get(latest.function_name, 0) + 1
        self._numbers[latest.function_name] = number
        version = copy.copy(latest)
        version.set_version(number)
        version.description = description or latest.description
        version.last_modified = f"{self._now():%Y-%m-%dT%H:%M:%S}.000+0000"
        # It is set for each qualifier anew.
        version.event_invoke_config = []
        versions.append(version)
        self._arns[version.function_arn] = version
        return version

    def list_versions_by_function(self, name: str) -> Iterable[LambdaFunction]:
        """Return the function as it is now, and its versions, oldest first."""
        latest = copy.copy(self.get_function_by_name_or_arn_forbid_qualifier(name))
        latest.function_arn += ":$LATEST"
        return [latest, *self._functions[latest.function_name]["versions"]]

    def del_function(self, name_or_arn: str, qualifier: str | None = None) -> None:
        """Delete one version, or a function with all of them."""
        found = self.get_function_by_name_or_arn_with_qualifier(name_or_arn, qualifier)
        _, _, named = self.split_function_arn(name_or_arn if "function:" in name_or_arn else f":function:{name_or_arn}")
        name, qualifier = found.function_name, named or qualifier
        latest, versions = self._get_latest(name), self._functions[name]["versions"]
        if qualifier is None:
            super().del_function(name)
            for each in (latest, *versions):
                self._gone(each)
            return
        if found is latest:
            raise InvalidParameterValueException("$LATEST version cannot be deleted without deleting the function.")
        for alias in self._get_function_aliases(name).values():
            if alias.function_version == str(found.version):
                raise AliasReferencesError(alias.name)
        versions.remove(found)
        self._arns.pop(found.function_arn, None)
        self._gone(found)


def frozen(function: LambdaFunction) -> dict[str, Any]:
    """Return what a version freezes, and what makes another version when it changes."""
    configuration = function.get_configuration()
    kept = {name: value for name, value in configuration.items() if name not in _NOT_OF_A_VERSION}
    unlisted = {name: getattr(function, name, None) for name in ("dead_letter_config", "log_group")}
    # A description can be given to a version itself.
    return {**kept, **unlisted, "Description": ""}


def list_versions_by_function(response: LambdaResponse) -> str:
    """Answer ListVersionsByFunction in pages, as moto does not."""
    name = unquote(response.path.split("/")[-2])
    listed = [each.get_configuration() for each in response.backend.list_versions_by_function(name)]
    most = min(int(response._get_param("MaxItems") or _MOST), _MOST)  # noqa: SLF001
    asked = {"NextToken": response._get_param("Marker"), "MaxResults": most}  # noqa: SLF001
    page, following = page_of(listed, asked, error="InvalidParameterValueException")
    return json.dumps({"Versions": page, "NextMarker": following.get("NextToken")})


def by_qualifier(invoke: Callable[[LambdaResponse], Any]) -> Callable[[LambdaResponse], Any]:
    """Let Invoke heed its parameter Qualifier: moto looks for it under another name, and in the payload as well."""

    def invoke_qualified(response: LambdaResponse) -> Any:
        head, written, tail = response.path.rsplit("/", 2)
        name = unquote(written)
        if ":" not in name.rpartition("function:")[2]:
            [qualifier] = response.querystring.get("Qualifier", ["$LATEST"])
            response.path = f"{head}/{quote(f'{name}:{qualifier}', safe='')}/{tail}"
        return invoke(response)

    return invoke_qualified
