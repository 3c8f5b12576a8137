"""What the functions write down for whoever looks into their logs."""

import json
from functools import partial

from aws_lambda_powertools import Logger


def line_logger() -> Logger:
    """Return a logger of one line of ASCII for each message: nothing from outside adds a line, or turns one around."""
    return Logger(json_serializer=partial(json.dumps, default=str))
