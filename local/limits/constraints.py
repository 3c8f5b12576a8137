"""What the services' own models say of every parameter: how long, how large, of which alphabet, one of which words."""

from collections.abc import Iterable, Mapping

from botocore.model import StructureShape

from local.account import Account, WsgiApp
from local.api import aws_api
from local.api.calls import CALL, Environ, Recognized, StartResponse
from local.api.errors import AwsError, answer
from local.api.parameters import broken_constraints

_CODES = {
    "cloudformation": "ValidationError",
    "cloudwatch": "ValidationError",
    "dynamodb": "ValidationException",
    "events": "ValidationException",
    "iam": "ValidationError",
    "kms": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "stepfunctions": "ValidationException",
    "sts": "ValidationError",
}
"""With which error each refuses. The services that are not here have words of their own, or no constraints."""


_UNSAID: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("CreateStack", "StackName", {"pattern": "[a-zA-Z][-a-zA-Z0-9]*", "max": 128}),
    *((operation, "TemplateBody", {"max": 51_200}) for operation in ("CreateStack", "UpdateStack", "CreateChangeSet")),
)
"""What CloudFormation's model does not say: the operation, the parameter, and its constraints."""


class _Border:
    """A WSGI layer that lets through what the models allow."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call: Recognized | None = environ.get(CALL)
        code = _CODES.get(call.service) if call else None
        broken = broken_constraints(call.parameters, call.operation.input_shape) if call and code else None
        if call is None or code is None or broken is None:
            return self._app(environ, start_response)
        return answer(AwsError(code, broken), call.operation.service_model, call.protocol).send(start_response)


def install(aws: Account) -> None:
    """Let every call be measured by its service's model. Comes before the part that recognizes calls."""
    for operation, parameter, constraints in _UNSAID:
        shape = aws_api.operation_model("cloudformation", operation).input_shape
        if isinstance(shape, StructureShape):
            shape.members[parameter].metadata.update(constraints)
    aws.wrap(_Border)
