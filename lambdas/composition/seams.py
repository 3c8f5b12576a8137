"""What the steps and the watch stand on, made of the clients of AWS once a process."""

from botocore.config import Config

from composition.environment import lease_group_name, record_table_name, stop_target_from
from model_lifecycle.aws.client_config import CLIENT_CONFIG, TABLE_CONFIG
from model_lifecycle.aws.in_service_units import InServiceUnits
from model_lifecycle.aws.lease_schedules import ArmedSchedules, LeaseSchedules
from model_lifecycle.aws.ledger_table import LedgerTable
from model_lifecycle.aws.line_table import LineTable
from model_lifecycle.aws.paced_calls import PacedCalls
from model_lifecycle.aws.record_table import RecordTable
from model_lifecycle.aws.shared_clients import client, lazy_client


def records() -> RecordTable:
    """Return what is remembered of the models."""
    return RecordTable(record_table_name(), client("dynamodb", TABLE_CONFIG))


def pace() -> PacedCalls:
    """Return the pace of the services' calls."""
    return PacedCalls(record_table_name(), client("dynamodb", TABLE_CONFIG))


def ledgers() -> LedgerTable:
    """Return what the watch has counted of the budget."""
    return LedgerTable(record_table_name(), client("dynamodb", TABLE_CONFIG))


def lines() -> LineTable:
    """Return who waits for a place in the account's quotas."""
    return LineTable(record_table_name(), client("dynamodb", TABLE_CONFIG))


def leases(config: Config = CLIENT_CONFIG) -> LeaseSchedules:
    """Return the stops that are armed, and to be armed."""
    return LeaseSchedules(stop_target_from(), lazy_client("scheduler", config))


def armed_leases(config: Config = CLIENT_CONFIG) -> ArmedSchedules:
    """Return the stops that are armed, to be disarmed."""
    return ArmedSchedules(lease_group_name(), lazy_client("scheduler", config))


def meter(config: Config = CLIENT_CONFIG) -> InServiceUnits:
    """Return what the services measure."""
    return InServiceUnits(lazy_client("cloudwatch", config))
