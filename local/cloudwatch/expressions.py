"""Metric math, as far as anybody here uses it: its expressions are written as Python's are.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

Series = Sequence[float | None]
"""A value for each period; None where there is none."""

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_OF_LISTS: dict[str, Callable[[Iterable[float]], float]] = {"AVG": fmean, "MAX": max, "MIN": min, "SUM": sum}


class ExpressionError(Exception):
    """The expression is wrong, or is not served here. The message says why."""


def evaluate(expression: str, series: Mapping[str, Series], periods: int) -> Series:
    """Return what an expression makes of so many periods. Raises ExpressionError."""
    try:
        body = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"{expression} cannot be read") from error
    return _value(body, series, periods)


def _value(node: ast.expr, series: Mapping[str, Series], periods: int) -> Series:
    match node:
        case ast.Constant(value=int() | float() as number):
            return [float(number)] * periods
        case ast.Name(id=name) if name in series:
            return series[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            pairs = zip(_value(left, series, periods), _value(right, series, periods), strict=True)
            return [_both(_OPERATORS[type(op)], one, other) for one, other in pairs]
        case ast.Call(func=ast.Name(id=name), args=[ast.List(elts=elements)]) if name in _OF_LISTS:
            rows = zip(*(_value(each, series, periods) for each in elements), strict=True)
            found = ([value for value in row if value is not None] for row in rows)
            return [_OF_LISTS[name](values) if values else None for values in found]
        case ast.Call(func=ast.Name(id="DIFF"), args=[changing]):
            return _changes(_value(changing, series, periods))
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, ast.Name(id="REPEAT")]):
            return _repeated(_value(filled, series, periods))
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, filler]):
            pairs = zip(_value(filled, series, periods), _value(filler, series, periods), strict=True)
            return [other if one is None else one for one, other in pairs]
    raise ExpressionError(f"{ast.unparse(node)} is not served here")


def _both(act: Callable[[float, float], float], one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None
    try:
        return act(one, other)
    except ZeroDivisionError:
        return None


def _changes(values: Series) -> Series:
    before = [None, *_repeated(values)]
    return [_both(operator.sub, one, other) for one, other in zip(values, before, strict=False)]


def _repeated(values: Series) -> Series:
    found: list[float | None] = []
    for value in values:
        found.append(found[-1] if value is None and found else value)
    return found
