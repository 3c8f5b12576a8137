"""What a rule's target gets of an event: all of it, a part, a constant or a text made from parts.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonpath_ng.ext.parser import parse as parse_path

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_MISSING = object()


def input_for(target: dict[str, Any], event: dict[str, Any], *, rule_arn: str, ingested: str) -> str:
    """Return the text that a target gets.

    `target` has the fields of PutTargets: `Input`, `InputPath` or `InputTransformer`.
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if path := target.get("InputPath"):
        found = _find(path, event)
        return json.dumps(None if found is _MISSING else found)
    if transformer := target.get("InputTransformer"):
        return _transformed(transformer, event, rule_arn, ingested)
    return json.dumps(event)


def _transformed(transformer: dict[str, Any], event: dict[str, Any], rule_arn: str, ingested: str) -> str:
    values = {name: _find(path, event) for name, path in (transformer.get("InputPathsMap") or {}).items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": ingested,
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    return "".join(_filled(transformer["InputTemplate"], values))


def _filled(template: str, values: dict[str, Any]) -> Iterator[str]:
    """Yield the template's pieces, placeholders filled in.

    Where the template has no quotes AWS adds them to a string; between quotes it adds none. What the event does
    not have is `null` in the first place and nothing in the second.
    """
    quoted, end = False, 0
    for placeholder in _PLACEHOLDER.finditer(template):
        text = template[end : placeholder.start()]
        yield text
        quoted = _quoted_after(text, quoted)
        end = placeholder.end()
        value = values.get(placeholder[1], None if placeholder[1] in values else placeholder[0])
        if value is _MISSING:
            yield "" if quoted else "null"
        elif not quoted:
            yield json.dumps(value)
        else:
            yield json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]
    yield template[end:]


def _quoted_after(text: str, quoted: bool) -> bool:
    """Tell whether a position is inside a JSON string, given whether the text before it began inside one."""
    quotes = len(re.findall(r'(?<!\\)(?:\\\\)*"', text))
    return quoted != bool(quotes % 2)


def _find(path: str, event: dict[str, Any]) -> Any:
    found = parse_path(path).find(event)
    return found[0].value if found else _MISSING
