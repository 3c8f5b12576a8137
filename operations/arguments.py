"""How a command for operators is called."""

import argparse
from pathlib import Path

from settings.context import read_context
from settings.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
"""The app's folder, where `cdk.json` is."""


def parser_of(target: str, description: str | None) -> argparse.ArgumentParser:
    """Return a parser with what all commands take: `-c key=value` and `--profile`."""
    parser = argparse.ArgumentParser(prog=f"make {target}", description=description, allow_abbrev=False)
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="KEY=VALUE", help="a setting, as for a deployment"
    )
    parser.add_argument("--profile", help="a profile of the AWS configuration, instead of AWS_PROFILE")
    return parser


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings as a deploy with these arguments takes them. Raises SettingsError and ContextError."""
    return Settings.from_context(read_context(ROOT, arguments.context, home=Path.home()))
