"""`make local`: the local AWS with the app deployed, until Ctrl-C."""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

if __name__ == "__main__":
    # Ctrl-C ends the program without a word while the imports below take their time.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from local.clock.passing import PassingClock
from local.commands import hints, news
from local.commands.cdk import ROOT, CdkError, deploy, synthesis
from local.commands.terminal import Terminal
from local.scenario.scenario import Scenario, ScenarioError
from local.server import LocalAws
from tools.interruption import Interrupted, raise_when_interrupted, wait_for_interruption

_DEFAULT_SCENARIO = Path(__file__).parents[1] / "scenarios" / "default.json"
_HIGHEST_PORT = 65_535


def main() -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP. 0 after a clean end, 1 if it could not start, 2 for a wrong call."""
    arguments = _arguments()
    terminal = Terminal()
    raise_when_interrupted()
    try:
        scenario = Scenario.read(arguments.scenario)
        with ExitStack() as stack:
            assembly = stack.enter_context(synthesis(dict(arguments.context)))
            if arguments.context:
                # A wrong setting is said at once, and not after a bootstrap.
                assembly()
            aws = stack.enter_context(LocalAws(clock=PassingClock(), port=arguments.port))
            aws.listen(news.News(terminal, aws.clock, quiet=arguments.quiet))
            with terminal.step("Deploy the app with the CDK") as at:
                outputs = deploy(aws, assembly=assembly, progress=at)
            terminal.say(f"Functions run on Python {aws.functions.python.version}")
            # Only now, or a model that is starting or stopping at first would be done with it during the deploy.
            aws.load(scenario)
            for name, value in sorted(outputs.items()):
                terminal.say(f"{name} {value}")
            for model in scenario.models:
                terminal.say(f"model {model.identity}")
            news.subscribe(aws, outputs["NotificationTopicArn"])
            for what, command in hints.commands(aws, outputs, scenario.models):
                terminal.say(f"{what}:")
                terminal.say(f"  {command}")
            terminal.say("Deploy your changes while it runs:")
            terminal.say(f"  {_redeploy(aws, arguments.context)}")
            print(f"ready {aws.endpoint_url}", flush=True)
            wait_for_interruption()
    except Interrupted:
        return 0
    except (ScenarioError, CdkError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _redeploy(aws: LocalAws, context: Sequence[tuple[str, str]]) -> str:
    """Return a command line that deploys the app as it is by then, with the same settings."""
    client = {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_REGION": aws.region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    settings = [word for key, value in context for word in ("-c", f"{key}={value}")]
    # What make writes into the shell's command is read by make first.
    arguments = shlex.join([*settings, "--require-approval", "never"]).replace("$", "$$")
    environment = ["env", "-u", "AWS_PROFILE", "-u", "AWS_SESSION_TOKEN"]
    environment += [f"{name}={value}" for name, value in client.items()]
    return shlex.join([*environment, "make", "-C", str(ROOT), "deploy", f"ARGS={arguments}"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make local",
        usage='make local [SCENARIO=file.json] [PORT=n] [QUIET=1] [ARGS="-c key=value"]',
        description=__doc__,
    )
    parser.add_argument("--scenario", type=Path, default=_DEFAULT_SCENARIO, help="which models there are")
    parser.add_argument("--port", type=_port, default=0, help="a free port if not given")
    parser.add_argument(
        "-c", "--context", type=_setting, action="append", default=[], help="a setting of the deploy, key=value"
    )
    parser.add_argument("--quiet", action="store_true", help="do not print e-mails and what becomes of executions")
    return parser.parse_args()


def _setting(written: str) -> tuple[str, str]:
    key, equals, value = written.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"must be key=value, got {written}")
    return key, value


def _port(written: str) -> int:
    if written.isascii() and written.isdigit() and 1 <= int(written) <= _HIGHEST_PORT:
        return int(written)
    raise argparse.ArgumentTypeError(f"PORT must be a number from 1 to {_HIGHEST_PORT:,}, got {written}")


if __name__ == "__main__":
    sys.exit(main())
