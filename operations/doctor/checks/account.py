"""Whose credentials these are, and whether they fit the settings."""

from collections.abc import Iterator

from model_lifecycle.vocabulary.foreign import word
from model_lifecycle.vocabulary.home import Home
from operations.aws import Aws
from operations.doctor.finding import Answer, error, ok
from operations.errors import on_one_line
from settings.settings import Settings, SettingsError


def identity(aws: Aws) -> tuple[str, str]:
    """GetCallerIdentity: the account, and the ARN of who calls. Raises OperationsError."""
    with on_one_line("STS"):
        answer = aws.client("sts").get_caller_identity()
    return answer["Account"], answer["Arn"]


def answers(account: str, caller: str, region: str, settings: Settings | None) -> Iterator[Answer]:
    """Say who calls where, and which projects of the settings are elsewhere."""
    yield ok(f"account {account}, Region {region}, as {word(caller)}")
    try:
        if settings is not None:
            settings.check_home(account, region)
    except SettingsError as elsewhere:
        yield error(str(elsewhere), "Choose that account and Region, or change project_arns.")


def home(aws: Aws, account: str, stage: str) -> Home:
    """Return where a deploy with these credentials puts the stack."""
    return Home(aws.partition, aws.region, account, stage)
