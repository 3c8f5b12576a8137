"""What is wrong with a schedule expression."""


class ScheduleExpressionError(ValueError):
    """An expression that AWS does not accept. The message is a clause that says what it must be."""
