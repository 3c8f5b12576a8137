"""Before a deploy: let the CDK remove a stack whose first deploy failed. It is empty, and protected all the same."""

from collections.abc import Sequence

from operations.arguments import parser_of, settings_of
from operations.aws import Aws
from operations.deployment import find
from operations.errors import OperationsError, on_one_line
from settings.context import ContextError
from settings.settings import SettingsError

_FAILED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def main(arguments: Sequence[str] | None = None) -> None:
    """Take its protection off. Whatever else there is to say, the CDK will say."""
    parsed, _ = parser_of("deploy", None).parse_known_args(arguments)
    try:
        deployment = find(Aws(profile=parsed.profile), settings_of(parsed).stage or "")
        if deployment.protected and deployment.status in _FAILED:
            with on_one_line("CloudFormation"):
                deployment.aws.client("cloudformation").update_termination_protection(
                    StackName=deployment.arn, EnableTerminationProtection=False
                )
    except (OperationsError, SettingsError, ContextError):
        return


if __name__ == "__main__":
    main()
