"""The caller of a request, by the access key that signed it."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import uuid4

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from local.api.calls import Environ

ACCOUNT = "123456789012"
PARTITION = "aws"
_KEY = re.compile(r"Credential=([^/,]+)/")
_NAMED = re.compile(r"(role|user):(.+)")
_CDK = "cdk-"
"""How the names of the roles begin that `cdk bootstrap` makes. Whoever has one is the CDK."""


class Kind(StrEnum):
    """What sort of principal."""

    ADMINISTRATOR = "Administrator"
    ROLE = "AssumedRole"
    USER = "User"
    SERVICE = "Service"


class UnknownPrincipalError(Exception):
    """A key names a role or user that is not there."""


@dataclass(frozen=True)
class Principal:
    """Who calls. `arn`: of a session, of a user, or the name of a service; `name`: of the role or user.

    `source`: what a service does it for, as condition keys of IAM.
    """

    kind: Kind
    arn: str
    name: str = ""
    source: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def context(self) -> dict[str, str]:
        """The condition keys that tell of it."""
        if self.kind is Kind.SERVICE:
            return {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": self.arn, **self.source}
        arn = f"arn:{PARTITION}:iam::{ACCOUNT}:role/{self.name}" if self.kind is Kind.ROLE else self.arn
        return {
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalArn": arn,
            "aws:PrincipalAccount": ACCOUNT,
            "aws:PrincipalType": "AssumedRole" if self.kind is Kind.ROLE else "User",
        }


ADMINISTRATOR = Principal(Kind.ADMINISTRATOR, f"arn:{PARTITION}:iam::{ACCOUNT}:user/administrator", "administrator")
"""People, the CDK, and whoever has a key that is unknown."""


def role_name(role_arn: str) -> str:
    """Return the last word of a role's ARN."""
    return role_arn.rpartition("/")[2]


def session(role: str, session_name: str) -> Principal:
    """Return a session of a role."""
    arn = f"arn:{PARTITION}:sts::{ACCOUNT}:assumed-role/{role}/{session_name}"
    return Principal(Kind.ROLE, arn, role)


def service(name: str, *, source_arn: str = "") -> Principal:
    """Return a service of AWS that acts for a resource of this account, by its name, such as `events.amazonaws.com`."""
    source = {"aws:SourceArn": source_arn, "aws:SourceAccount": ACCOUNT} if source_arn else {}
    return Principal(Kind.SERVICE, name, source=MappingProxyType(source))


class Keys:
    """The access keys of the account, and those by which the services of AWS call each other."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._principals: dict[str, Principal] = {}
        self._keys: dict[str, str] = {}

    def of(self, environ: Environ) -> Principal:
        """Tell who signed a request.

        Raises `UnknownPrincipalError`.
        """
        signed = _KEY.search(environ.get("HTTP_AUTHORIZATION", "") or environ.get("QUERY_STRING", ""))
        return self.principal(signed[1]) if signed else ADMINISTRATOR

    def principal(self, key: str) -> Principal:
        """Tell whose key it is. `role:NAME` and `user:NAME` are keys of that role or user.

        Raises `UnknownPrincipalError`.
        """
        if found := self._principals.get(key):
            return found
        if assumed := sts_backends[ACCOUNT][PARTITION].get_assumed_role_from_access_key(key):
            name = role_name(assumed.role_arn)
            return ADMINISTRATOR if name.startswith(_CDK) else session(name, assumed.session_name)
        if user := iam_backends[ACCOUNT][PARTITION].get_user_from_access_key_id(key):
            return Principal(Kind.USER, user.arn, user.name)
        if named := _NAMED.fullmatch(key):
            return _named(*named.groups())
        return ADMINISTRATOR

    def of_service(self, principal: Principal) -> str:
        """Give the key by which a service calls."""
        named = f"{principal.arn} {principal.source}"
        with self._guard:
            key = self._keys.setdefault(named, f"SERVICE{uuid4().hex.upper()}")
            self._principals[key] = principal
            return key

    def of_session(self, role_arn: str, session_name: str) -> tuple[str, str, str]:
        """Give the key, the secret and the token of a role's session; always the same ones for the same session."""
        sts = sts_backends[ACCOUNT][PARTITION]
        with self._guard:
            named = f"{role_arn} {session_name}"
            if (key := self._keys.get(named)) is None:
                made = sts.assume_role("us-east-1", session_name, role_arn, "", 3600, "")
                key = self._keys[named] = made.access_key_id
                self._principals[key] = session(role_name(role_arn), session_name)
            assumed = sts.get_assumed_role_from_access_key(key)
            return key, assumed.secret_access_key, assumed.session_token


def _named(kind: str, name: str) -> Principal:
    iam = iam_backends[ACCOUNT][PARTITION]
    try:
        if kind == "role":
            iam.get_role(name)
            return session(name, "local")
        return Principal(Kind.USER, iam.get_user(name).arn, name)
    except NotFoundException as error:
        raise UnknownPrincipalError(f"there is no {kind} {name}") from error
