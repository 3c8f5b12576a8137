"""Refusals of calls, in the words of each service."""

from dataclasses import dataclass

from local.api.errors import AwsError
from local.iam.needs import Need
from local.iam.principals import Kind, Principal

_CODES = {
    "cloudformation": "AccessDenied",
    "cloudwatch": "AccessDenied",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
    "sns": "AuthorizationError",
    "sqs": "AccessDenied",
    "sts": "AccessDenied",
}
_CODES_FOR_KEYS = {
    "sns": "KMSAccessDenied",
    "sqs": "KMS.AccessDeniedException",
    "stepfunctions": "KmsAccessDeniedException",
}
"""What a service answers where a key of KMS is not to be had."""


@dataclass(frozen=True)
class Refusal:
    """What was not allowed, to whom and why."""

    principal: Principal
    need: Need
    denied_by: str = ""
    unknown: bool = False
    """Whether it is not known here which permissions that call takes."""

    def __str__(self) -> str:
        return self.in_words(self.need.action)

    def in_words(self, action: str) -> str:
        """Say it as IAM does, with the action as a service spells it."""
        who, resource = self.principal.arn, self.need.resource
        return f"User: {who} is not authorized to perform: {action} on resource: {resource} {self._reason(action)}"

    def _reason(self, action: str) -> str:
        if self.unknown:
            return "because the local AWS does not know which permissions this call takes"
        if self.denied_by:
            article = "an" if self.denied_by == "identity" else "a"
            return f"with an explicit deny in {article} {self.denied_by}-based policy"
        which = "resource" if self.principal.kind is Kind.SERVICE else "identity"
        return f"because no {which}-based policy allows the {action} action"

    def error(self, service: str) -> AwsError:
        """Return the error with which a service refuses, by boto3's word for it."""
        namespace, _, operation = self.need.action.partition(":")
        if namespace == "kms" and service != "kms":
            return AwsError(_CODES_FOR_KEYS.get(service, "AccessDeniedException"), str(self))
        code = _CODES.get(service, "AccessDeniedException")
        match namespace:
            case "sns":
                return AwsError(code, self.in_words(f"SNS:{operation}"))
            case "sqs":
                return AwsError(code, self.in_words(self.need.action.lower()))
        return AwsError(code, str(self))
