"""`make later`: let time pass in the local AWS of `make local`."""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime

_PATH = "/_local/later"


def main() -> int:
    """Say what time it is then. 0 if so much time has passed, 1 if not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="make later", usage="make later [HOURS=1] [PORT=n]", description=__doc__)
    parser.add_argument("--hours", type=_hours, default=1.0, help="how much time; 1 if not given")
    parser.add_argument("--port", type=int, help="of make local; that of AWS_ENDPOINT_URL if not given")
    arguments = parser.parse_args()
    endpoint = f"http://localhost:{arguments.port}" if arguments.port else os.environ.get("AWS_ENDPOINT_URL", "")
    if not endpoint.startswith("http://localhost:"):
        parser.error("say where make local is: give its PORT, or its address as AWS_ENDPOINT_URL")
    asked = urllib.request.Request(endpoint + _PATH, json.dumps({"Hours": arguments.hours}).encode())  # noqa: S310
    print(f"Letting {arguments.hours:g} h pass there ...", file=sys.stderr)
    try:
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            now = datetime.fromisoformat(json.load(answer)["Now"])
    except urllib.error.HTTPError as error:
        print(json.load(error)["Message"], file=sys.stderr)
        return 1
    except OSError:
        print(f"There is no local AWS at {endpoint}. Does make local run there, on that port?", file=sys.stderr)
        return 1
    print(f"It is {now:%Y-%m-%d %H:%M:%S} UTC there now.")
    return 0


def _hours(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"HOURS must be a number, such as 1 or 0.5, got {written}") from None


if __name__ == "__main__":
    sys.exit(main())
