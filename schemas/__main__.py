"""Write the schemas anew, after a change of what they describe."""

import json
from pathlib import Path

from schemas.event import event_schema

EVENT_SCHEMA = Path(__file__).with_name("model-lifecycle-event.json")
"""Beside this package, where readers find it."""

if __name__ == "__main__":
    EVENT_SCHEMA.write_text(json.dumps(event_schema(), indent=2) + "\n", encoding="utf-8")
