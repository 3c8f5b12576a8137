"""What is wrong with a schedule expression."""


class ScheduleExpressionError(ValueError):
    """An expression that AWS does not take; the message is one clause that says what is allowed."""
