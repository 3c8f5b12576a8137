"""Which service may assume a role, and for which of its resources in this account: for others it would be misled."""

from aws_cdk import Aws
from aws_cdk.aws_iam import ServicePrincipal


def service_for(service: str, *, source: str) -> ServicePrincipal:
    """Trust a service as it acts for a resource; `source` is its ARN, or a pattern of ARNs.

    Not for Lambda: it does not say for which function it assumes a role.
    """
    of_this_account = {"aws:SourceAccount": Aws.ACCOUNT_ID}
    return ServicePrincipal(service, conditions={"StringEquals": of_this_account, "ArnLike": {"aws:SourceArn": source}})
