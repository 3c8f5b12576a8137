"""What people are told of a model that the watch found running for long."""

from model_lifecycle.endings.ending import Ending
from model_lifecycle.endings.outcome import Outcome
from model_lifecycle.model.usage import Usage
from model_lifecycle.requests.model_request import ModelRequest
from model_lifecycle.services.service import ModelDescription
from model_lifecycle.steps.report import RunReport, Units, UnitsInForce
from model_lifecycle.vocabulary.phase import Goal
from model_lifecycle.vocabulary.wording import duration


def found_running(request: ModelRequest, description: ModelDescription, usage: Usage | None, *, hour: str) -> Ending:
    """`hour`: which look of the watch it was."""
    ran = f"has been running for {duration(usage.seconds)}" if usage else "is running, nobody knows since when,"
    units = Units(
        min_inference_units=description.min_inference_units, max_inference_units=description.max_inference_units
    )
    return Ending(
        notification_id=f"{request.model_id}#{hour}",
        outcome=Outcome.STILL_BILLING,
        goal=Goal.STOPPED,
        request=request,
        report=RunReport(
            status=description.status,
            status_message=description.status_message or None,
            may_bill=True,
            inference_units=UnitsInForce(in_force=units),
            ran=usage.told if usage else None,
        ),
        cause=f"{request.in_words} {ran} without a lease. Nothing is scheduled to stop it.",
    )
