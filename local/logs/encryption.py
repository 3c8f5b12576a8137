"""The customer's key of a log group: moto knows it only from the group's creation. IAM has judged the call by then."""

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from local.account import Account


def install(aws: Account) -> None:
    """Let groups be encrypted with another key, or with none."""
    aws.replace(LogsResponse, "associate_kms_key", _associate_kms_key)
    aws.replace(LogsResponse, "disassociate_kms_key", _disassociate_kms_key)


def _associate_kms_key(response: LogsResponse) -> str:
    _group(response).kms_key_id = response._get_param("kmsKeyId")  # noqa: SLF001
    return ""


def _disassociate_kms_key(response: LogsResponse) -> str:
    _group(response).kms_key_id = None
    return ""


def _group(response: LogsResponse) -> LogGroup:
    groups: dict[str, LogGroup] = response.logs_backend.groups
    name = response._get_param("logGroupName")  # noqa: SLF001
    if name not in groups:
        raise ResourceNotFoundException
    return groups[name]
