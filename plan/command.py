"""Show what the schedules of the settings will do in the next 14 days, with hours and costs. Deploys nothing."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from model_lifecycle.services.fields import shown
from plan.budget import planned_budgets
from plan.document import document
from plan.entries import entries_of
from plan.plan import Plan, make_plan
from plan.text import show
from plan.warnings import warnings_of
from settings.context import ContextError, read_context
from settings.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
"""The app's folder, where `cdk.json` is."""

_YEARS = (1970, 2199)


def main(arguments: Sequence[str] | None = None, *, now: datetime | None = None) -> int:
    """Print the plan. Return 0 whatever it warns about, 1 for wrong settings; exit with 2 for a wrong call."""
    try:
        return _plan(_parsed(arguments), now or datetime.now(UTC))
    except (SettingsError, ContextError) as error:
        print(error, file=sys.stderr)
        return 1


def _plan(arguments: argparse.Namespace, now: datetime) -> int:
    settings = Settings.from_context(read_context(ROOT, arguments.context, home=Path.home()))
    plan = plan_of(settings, begin=(arguments.begin or now).astimezone(UTC))
    warnings = warnings_of(plan)
    if arguments.json:
        print(json.dumps(document(plan, warnings), indent=2))
    else:
        show(plan, warnings, Console(highlight=False))
    return 0


def plan_of(settings: Settings, *, begin: datetime) -> Plan:
    """Return the plan of the schedules of these settings, from that moment on."""
    time_zone = ZoneInfo(settings.time_zone)
    executions = [execution for schedule in settings.schedules for execution in schedule.executions]
    entries = entries_of(executions, time_zone=time_zone, defaults=settings.input_defaults)
    price = settings.price_per_inference_unit_hour
    plan = make_plan(
        entries,
        begin=begin,
        time_zone=time_zone,
        usd_per_unit_hour=price,
        unleased_limit=_hours(settings.stop_after_hours_unleased),
        watched_services=settings.watched_services,
    )
    if settings.budget is None:
        return plan
    watched = [entry for entry in entries if plan.watches(entry.model.service)]
    budgets = planned_budgets(settings.budget, watched, begin=begin, zone=time_zone, usd_per_unit_hour=price)
    return replace(plan, budgets=budgets, stops_over_budget=settings.budget.stops)


def _hours(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(hours=number)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make plan", description=__doc__)
    parser.add_argument(
        "-c", "--context", action="append", default=[], metavar="KEY=VALUE", help="a setting, as for a deployment"
    )
    parser.add_argument(
        "--from",
        dest="begin",
        type=_instant,
        metavar="INSTANT",
        help="the beginning of the 14 days, such as 2026-03-27T00:00:00+01:00; now if absent",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser.parse_args(arguments)


def _instant(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _YEARS[0] < moment.year < _YEARS[1]:
        raise argparse.ArgumentTypeError(
            f"must be a moment in ISO 8601 with its offset, such as 2026-03-27T00:00:00+01:00, got {shown(written)}"
        )
    return moment
