"""IAM: every call has a caller, and is refused unless the policies allow it."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from local.account import Account, WsgiApp
from local.api.calls import CALL, Environ, Recognized, Recognizer, StartResponse
from local.api.errors import AwsError, answer
from local.iam.encryption import Encryption
from local.iam.evaluator import Evaluator, Question, Verdict
from local.iam.needs import Need, UnknownNeedError, needs_of
from local.iam.policies import Policies
from local.iam.principals import (
    ACCOUNT,
    ADMINISTRATOR,
    Keys,
    Kind,
    Principal,
    UnknownPrincipalError,
    role_name,
    service,
    session,
)
from local.iam.refusals import Refusal

_WITHOUT_SOURCE = "events.amazonaws.com"
"""This service asks KMS without saying what for."""
_FORBIDDEN: Any = {"HTTPStatusCode": 403}


@dataclass(frozen=True)
class Credentials:
    """What a client of AWS signs with."""

    key: str
    secret: str
    token: str


class Iam:
    """Who may do what."""

    def __init__(self, aws: Account, evaluator: Evaluator) -> None:
        self._aws = aws
        self._policies = Policies(aws.region)
        self.encryption = Encryption(aws.region)
        self._evaluator = evaluator
        self._guard = threading.Lock()
        self._asked: dict[str, tuple[Question, Verdict]] = {}
        self.keys = Keys()
        self.refusals: list[Refusal] = []
        """What was refused since somebody cleared this list."""

    @property
    def judged(self) -> list[tuple[Question, Verdict]]:
        """Each different question that was asked, with the answer."""
        with self._guard:
            return list(self._asked.values())

    def forget(self) -> None:
        """Begin the lists of what was judged and refused anew."""
        with self._guard:
            self._asked.clear()
            self.refusals.clear()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Ask the evaluator alone."""
        return self._evaluator.judge(questions)

    def check(self, principal: Principal, needs: Iterable[Need]) -> Refusal | None:
        """Tell what a principal needs and may not do; `None`: it may do it all."""
        if principal.kind is Kind.SERVICE:
            # A service is told of what is not there by whom it asks.
            needs = [need for need in needs if need.resource == "*" or self._policies.is_there(need.resource)]
        wanted = [more for need in needs for more in ((principal, need), *self.encryption.needs(principal, need))]
        asked = [(who, need, self._question(who, need)) for who, need in wanted]
        # An administrator may do everything but what the policy of a resource forbids to all.
        asked = [each for each in asked if each[0] is not ADMINISTRATOR or each[2].resource_policy]
        if not asked:
            return None
        verdicts = self._evaluator.judge([question for _, _, question in asked])
        with self._guard:
            self._asked |= {each[2].text: (each[2], found) for each, found in zip(asked, verdicts, strict=True)}
        for (who, need, _), verdict in zip(asked, verdicts, strict=True):
            if not verdict.allowed:
                return self.refuse(Refusal(who, need, verdict.denied_by))
        return None

    def refuse(self, refusal: Refusal) -> Refusal:
        """Note a refusal."""
        with self._guard:
            self.refusals.append(refusal)
        self._aws.announce(refusal)
        return refusal

    def allows(self, principal: Principal, *needs: Need) -> bool:
        """Tell whether a principal may do all this."""
        return self.check(principal, needs) is None

    def assume(self, role_arn: str, *, by: str, name: str, source_arn: str = "") -> Credentials:
        """Let a service of AWS assume a role for a resource, and give the credentials of the session.

        Raises botocore's `ClientError` with the code `AccessDenied` if the role does not trust it, or is not there.
        """
        trusted = service(by, source_arn=source_arn)
        need = Need("sts:AssumeRole", role_arn, {"sts:RoleSessionName": name})
        refusal = self.check(trusted, [need])
        if refusal:
            answered: Any = {"Code": "AccessDenied", "Message": str(refusal)}
            raise ClientError({"Error": answered, "ResponseMetadata": _FORBIDDEN}, "AssumeRole")
        return Credentials(*self.keys.of_session(role_arn, name))

    def session(self, role_arn: str, name: str) -> Principal:
        """Return the session of a role that was assumed."""
        return session(role_name(role_arn), name)

    def act_as(self, name: str, *, source_arn: str) -> str:
        """Give the access key of a service of AWS that acts for a resource."""
        return self.keys.of_service(service(name, source_arn=source_arn))

    def _question(self, principal: Principal, need: Need) -> Question:
        namespace = need.action.partition(":")[0]
        of_principal = principal.context
        if namespace == "kms" and principal.arn == _WITHOUT_SOURCE:
            of_principal = {name: value for name, value in of_principal.items() if not name.startswith("aws:Source")}
        resource = self._policies.of_resource(need.resource) if need.action != "iam:PassRole" else None
        if need.action == "sts:AssumeRole" and resource is None:
            # Who has no trust policy is trusted to nobody.
            resource = {"name": need.resource, "policy": _NOBODY}
        secure: Mapping[str, str] = {"aws:SecureTransport": "true", "aws:RequestedRegion": self._aws.region}
        return Question(
            principal=principal.arn,
            action=need.action,
            resource=need.resource,
            account=ACCOUNT,
            context={**secure, **of_principal, **need.context},
            identity=self._policies.identity(principal),
            resource_policy=resource,
            boundary=self._policies.boundary(principal),
        )


_NOBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}],
}


class _Gate:
    """A WSGI layer that lets through what is allowed."""

    def __init__(self, iam: Iam, app: WsgiApp, region: str) -> None:
        self._iam = iam
        self._app = app
        self._region = region
        self._recognizer = Recognizer()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call: Recognized | None = environ.get(CALL) or self._recognizer.recognize(environ)
        error = self._error(environ, call)
        if error is None or call is None:
            return self._app(environ, start_response)
        return answer(error, call.operation.service_model, call.protocol).send(start_response)

    def _error(self, environ: Environ, call: Recognized | None) -> AwsError | None:
        try:
            principal = self._iam.keys.of(environ)
        except UnknownPrincipalError as error:
            return AwsError("InvalidClientTokenId", f"The security token included in the request is invalid: {error}.")
        if call is None:
            return None
        insecure = environ.get("HTTP_X_FORWARDED_PROTO") == "http"
        try:
            needs = needs_of(call, self._region)
        except UnknownNeedError as error:
            if principal is ADMINISTRATOR:
                return None
            return self._iam.refuse(Refusal(principal, Need(str(error)), unknown=True)).error(call.service)
        except (KeyError, TypeError, AttributeError) as error:
            # An administrator's call the service itself refuses, in words of its own.
            wrong = AwsError("ValidationException", f"The request cannot be read: {error!r}.")
            return None if principal is ADMINISTRATOR else wrong
        if insecure:
            needs = [replace(need, context={**need.context, "aws:SecureTransport": "false"}) for need in needs]
        refusal = self._iam.check(principal, needs)
        return refusal.error(call.service) if refusal else None


def install(aws: Account, evaluator: Evaluator | None) -> Iam:
    """Let a local AWS refuse what the policies do not allow, by this evaluator or by one that ends with it."""
    if evaluator is None:
        evaluator = Evaluator()
        aws.on_closed(evaluator.close)
    iam = Iam(aws, evaluator)
    aws.wrap(lambda app: _Gate(iam, app, aws.region))
    return iam
