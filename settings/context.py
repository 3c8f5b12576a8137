"""The context that the CDK's command line would pass to the app.

Of the sources of one key the first counts: `-c`, `cdk.json`, `cdk.context.json`, `~/.cdk.json`.
https://docs.aws.amazon.com/cdk/v2/guide/context.html
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_lifecycle.services.fields import shown


class ContextError(Exception):
    """The context cannot be read. The message is one line."""


def read_context(app: Path, assignments: Sequence[str], *, home: Path) -> dict[str, Any]:
    """Return the context of an app's folder with the `key=value` of `-c` over it.

    Raises ContextError, as well for what is not `key=value`, and for what follows a first line: the command line only
    warns of the one, and drops the other.
    """
    context: dict[str, Any] = {
        **_of_config(home / ".cdk.json"),
        **_json_object(app / "cdk.context.json"),
        **_of_config(app / "cdk.json"),
    }
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise ContextError(f"-c must be followed by key=value, got {shown(assignment)}.")
        if re.search(r"[\n\r\u2028\u2029]", assignment):
            raise ContextError(f"-c must be one line, since the CDK reads only the first, got {shown(assignment)}.")
        if re.match(r"aws:.", key):
            raise ContextError(f"A setting must not begin with aws:, got {shown(key)}.")
        context[key] = value
    return context


def _of_config(path: Path) -> dict[str, Any]:
    context = _json_object(path).get("context", {})
    if not isinstance(context, dict):
        raise ContextError(f'"context" in {path} must be a JSON object, got {shown(context)}.')
    return context


def _json_object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise ContextError(
            f"{path} is broken JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ContextError(f"{path} cannot be read: {error}.") from error
    if not isinstance(found, dict):
        raise ContextError(f"{path} must be a JSON object, got {shown(found)}.")
    return found
