"""The evaluation of policies, in a Node.js process that is asked over a pipe."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

_VENV = Path(sys.prefix)
_PROGRAM = Path(__file__).with_name("evaluator.cjs")


class NamedPolicy(TypedDict):
    """A policy document by a name that says where it stands."""

    name: str
    policy: Any


@dataclass(frozen=True)
class Question:
    """May this principal do that? `context` has the condition keys: each a text, or a list of texts."""

    principal: str
    action: str
    resource: str
    account: str
    context: Mapping[str, str | Sequence[str]]
    identity: Sequence[NamedPolicy]
    resource_policy: NamedPolicy | None = None
    boundary: NamedPolicy | None = None

    @cached_property
    def text(self) -> str:
        """As the evaluator reads it, in JSON."""
        fields = {name: value for name, value in vars(self).items() if value is not None}
        if "resource_policy" in fields:
            fields["resourcePolicy"] = fields.pop("resource_policy")
        return json.dumps(fields, sort_keys=True)


@dataclass(frozen=True)
class Verdict:
    """The answer. `statements` are those that matched: the name of the policy and the place in it.

    `denied_by`: where an explicit deny stands, "identity" or "resource"; empty without one.
    """

    allowed: bool
    denied_by: str = ""
    statements: tuple[tuple[str, int], ...] = ()


class EvaluationError(Exception):
    """A question or a policy is not as IAM has it."""


@dataclass
class Evaluator:
    """Answers questions; each different one is asked once."""

    _known: dict[str, Verdict] = field(default_factory=dict)
    _pipe: threading.Lock = field(default_factory=threading.Lock)
    _process: "subprocess.Popen[str] | None" = None

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Answer questions in one round trip.

        Raises `EvaluationError`.
        """
        texts = [question.text for question in questions]
        if unknown := list(dict.fromkeys(text for text in texts if text not in self._known)):
            self._known |= zip(unknown, map(_verdict, self._ask(unknown), unknown), strict=True)
        return [self._known[text] for text in texts]

    def close(self) -> None:
        """End the process; whoever asks later starts another."""
        with self._pipe:
            if self._process is not None:
                self._process.communicate()
                self._process = None

    def _ask(self, texts: Sequence[str]) -> list[Any]:
        with self._pipe:
            process = self._process = self._process or _started()
            assert process.stdin is not None  # noqa: S101
            assert process.stdout is not None  # noqa: S101
            process.stdin.write(f"[{','.join(texts)}]\n")
            process.stdin.flush()
            answers: list[Any] = json.loads(process.stdout.readline())
            return answers


def _started() -> "subprocess.Popen[str]":
    command = [_VENV / "bin" / "node", _PROGRAM, _VENV / "node_modules" / "package.json"]
    # It ends with its input, and not before: a Ctrl-C is for those that ask.
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", process_group=0
    )


def _verdict(answer: Mapping[str, Any], question: str) -> Verdict:
    if "error" in answer:
        asked = json.loads(question)
        raise EvaluationError(f"{asked['action']} on {asked['resource']}: {answer['error']}")
    denied = next((where for where, so in answer["denied"].items() if so), "")
    return Verdict(answer["allowed"], denied, tuple((name, place) for name, place in answer["statements"]))
