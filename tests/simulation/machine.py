"""A state machine, run by its definition: the kinds of states, templates and retries that the app uses."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from random import Random
from typing import Any

_READ = {
    "Pass": {"Parameters", "Result", "ResultPath", "Next"},
    "Task": {"Resource", "Parameters", "ResultPath", "Retry", "Catch", "Next"},
    "Wait": {"SecondsPath", "Next"},
    "Choice": {"Choices", "Default"},
    "Succeed": {"OutputPath"},
    "Fail": {"ErrorPath", "CausePath"},
}
_COMPARISONS = frozenset({"StringEquals", "BooleanEquals"})
_TOKEN = re.compile(
    r"\s*(?:'(?P<text>(?:\\.|[^'\\])*)'|(?P<path>\$[\w.$]*)|(?P<function>States\.\w+)\(|(?P<stop>[,)]))"
)
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "States.Format": lambda text, *values: text.format(*values),
    "States.Hash": lambda text, algorithm: {"SHA-256": sha256}[algorithm](text.encode()).hexdigest(),
}


class TaskError(Exception):
    """What a task failed with, by the name that `ErrorEquals` matches."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause

    def matches(self, handler: Mapping[str, Any]) -> bool:
        """Whether a Retry or a Catch is for it. Nothing but its own name matches what no retry can mend."""
        any_other = "States.ALL" in handler["ErrorEquals"] and self.name != "States.Runtime"
        return any_other or self.name in handler["ErrorEquals"]


@dataclass(frozen=True)
class End:
    """How an execution ended."""

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None


class Machine:
    """Lives one execution. `invoke`: what a task's resource does with its payload, at first or once more; it raises
    TaskError. `chance` draws the jitter.
    """

    def __init__(
        self,
        definition: Mapping[str, Any],
        context: Mapping[str, Any],
        *,
        invoke: Callable[[str, Any, bool], Any],
        wait: Callable[[float], None],
        chance: Random,
    ) -> None:
        self._definition = definition
        self._context = context
        self._invoke = invoke
        self._wait = wait
        self._chance = chance

    def run(self, data: Any) -> End:
        """Every state from the first one to the end."""
        name = self._definition["StartAt"]
        try:
            while True:
                state = self._definition["States"][name]
                unread = state.keys() - _READ[state["Type"]] - {"Type", "Comment"}
                assert not unread, f"the simulation does not know {unread} of the state {name}"
                match state["Type"]:
                    case "Succeed":
                        return End("SUCCEEDED", output=self._at(state.get("OutputPath", "$"), data))
                    case "Fail":
                        error, cause = (self._at(state[path], data) for path in ("ErrorPath", "CausePath"))
                        return End("FAILED", error=error, cause=cause)
                    case "Choice":
                        name = self._choose(state, data)
                        continue
                    case "Wait":
                        self._wait(self._at(state["SecondsPath"], data))
                    case "Pass":
                        data = _put(data, state, self._fill(state.get("Parameters", state.get("Result")), data))
                    case "Task":
                        data, name = self._task(state, data)
                        continue
                name = state["Next"]
        except TaskError as error:
            return End("FAILED", error=error.name, cause=error.cause)

    def _task(self, state: Mapping[str, Any], data: Any) -> tuple[Any, str]:
        retries = [dict(retry) for retry in state.get("Retry", [])]
        first = True
        while True:
            try:
                result = self._invoke(state["Resource"], self._fill(state["Parameters"], data), first)
                return _put(data, state, result), state["Next"]
            except TaskError as error:
                first = False
                retry = next((retry for retry in retries if error.matches(retry)), None)
                if retry and retry["MaxAttempts"]:
                    self._wait_to_retry(retry)
                    continue
                for catch in state.get("Catch", []):
                    if error.matches(catch):
                        return _put(data, catch, {"Error": error.name, "Cause": error.cause}), catch["Next"]
                raise

    def _wait_to_retry(self, retry: dict[str, Any]) -> None:
        seconds = min(retry["IntervalSeconds"], retry.get("MaxDelaySeconds", inf))
        self._wait(seconds * self._chance.random() if retry.get("JitterStrategy") == "FULL" else seconds)
        retry["MaxAttempts"] -= 1
        retry["IntervalSeconds"] *= retry["BackoffRate"]

    def _choose(self, state: Mapping[str, Any], data: Any) -> str:
        for choice in state["Choices"]:
            if all(self._holds(rule, data) for rule in choice.get("And", [choice])):
                return str(choice["Next"])
        return str(state["Default"])

    def _holds(self, rule: Mapping[str, Any], data: Any) -> bool:
        (comparison,) = rule.keys() & _COMPARISONS
        return bool(self._at(rule["Variable"], data) == rule[comparison])

    def _fill(self, template: Any, data: Any) -> Any:
        """Return a payload template with its values."""
        if not isinstance(template, dict):
            return template
        return {
            name.removesuffix(".$"): self._value(part, data) if name.endswith(".$") else self._fill(part, data)
            for name, part in template.items()
        }

    def _value(self, written: str, data: Any) -> Any:
        tokens = _TOKEN.finditer(written)
        return self._argument(next(tokens), tokens, data)

    def _argument(self, token: re.Match[str], tokens: Iterator[re.Match[str]], data: Any) -> Any:
        if (text := token["text"]) is not None:
            return re.sub(r"\\(.)", r"\1", text)
        if token["path"]:
            return self._at(token["path"], data)
        arguments = []
        for inner in tokens:
            if inner["stop"] == ")":
                break
            if not inner["stop"]:
                arguments.append(self._argument(inner, tokens, data))
        return _FUNCTIONS[token["function"]](*arguments)

    def _at(self, path: str, data: Any) -> Any:
        root, *names = path.split(".")
        value = {"$": data, "$$": self._context}[root]
        for name in names:
            if not isinstance(value, Mapping) or name not in value:
                raise TaskError("States.Runtime", f"there is no {path}")
            value = value[name]
        return value


def _put(data: Any, state: Mapping[str, Any], result: Any) -> Any:
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    return _with(data, path.split(".")[1:], result)


def _with(data: Any, names: list[str], result: Any) -> Any:
    if not names:
        return result
    return {**data, names[0]: _with(data.get(names[0], {}), names[1:], result)}
