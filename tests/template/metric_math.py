"""What CloudWatch's documents allow in the expressions and queries of a dashboard: what it refuses, nobody sees here.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import ast
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Kind(StrEnum):
    """What a part of an expression is worth."""

    NUMBER = "S"
    SERIES = "TS"
    MANY = "TS[]"


_NAME = r"[A-Za-z0-9/_.:#-]+"
_QUOTED = r'"[^"]+"'
_SEARCHED = re.compile(rf"\{{{_NAME}(,({_NAME}|{_QUOTED}))+\}}( ({_NAME}|{_QUOTED})=({_NAME}|{_QUOTED}))+")
_STATISTIC = re.compile(r"Average|Sum|Minimum|Maximum|SampleCount|p\d\d(\.\d+)?")
_COMMANDS = {
    "filter": r'filter (\w+ = "[^"]*"|toMillis\(@timestamp\) >= \(now\(\) - \d+\) \* 1000)',
    "stats": r"stats (latest\(\w+\) as \w+(, )?)+ by \w+",
    "sort": r"sort \w+ (asc|desc)",
}


def kind_of(expression: str, known: Mapping[str, Kind]) -> Kind:
    """Return what a whole expression is worth. `known`: by the ids that it may name. Raises ValueError."""
    return _kind(ast.parse(expression, mode="eval").body, known)


def check_query(query: str) -> None:
    """Raise ValueError for a query of Logs Insights with a line of a form that is not known here."""
    _, *lines = re.split(r"\n?\| ", query)
    for line in lines:
        form = _COMMANDS.get(line.split()[0])
        if form is None or not re.fullmatch(form, line):
            raise ValueError(line)


def _kind(node: ast.expr, known: Mapping[str, Kind]) -> Kind:
    match node:
        case ast.Constant(value=int() | float()):
            return Kind.NUMBER
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            return _widest(_kind(left, known), _kind(right, known))
        case ast.Compare(left=left, comparators=[right]):
            return _widest(_kind(left, known), _kind(right, known))
        case ast.List(elts=elements) if elements:
            return Kind.MANY
        case ast.Call(func=ast.Name(id="SEARCH"), args=args):
            return _search(*(part.value for part in args if isinstance(part, ast.Constant)))
        case ast.Call(func=ast.Name(id="FILL"), args=[of, ast.Name(id="REPEAT" | "LINEAR")]):
            return _kind(of, known)
        case ast.Call(func=ast.Name(id=name), args=args) if kind := _called(
            name, [_kind(each, known) for each in args]
        ):
            return kind
    raise ValueError(ast.unparse(node))


def _called(name: str, given: Sequence[Kind]) -> Kind | None:
    """Return what a function makes of what it is given; None if it takes none of that."""
    match name, given:
        case "SUM" | "AVG" | "MIN" | "MAX", [Kind.MANY]:
            return Kind.SERIES
        case "SUM" | "AVG" | "MIN" | "MAX", [Kind.SERIES]:
            return Kind.NUMBER
        case "YEAR" | "MONTH" | "DAY" | "HOUR" | "DIFF" | "RATE", [Kind.SERIES]:
            return Kind.SERIES
        case "RUNNING_SUM", [Kind.SERIES | Kind.MANY as kind]:
            return kind
        case "FILL", [kind, Kind.NUMBER | Kind.SERIES]:
            return kind
        case "IF", [_, _, _] if Kind.MANY not in given:
            return _widest(*given)
    return None


def _widest(*kinds: Kind) -> Kind:
    return next(kind for kind in (Kind.MANY, Kind.SERIES, Kind.NUMBER) if kind in kinds)


def _search(searched: object, statistic: object, period: object) -> Kind:
    fits = isinstance(searched, str) and len(searched) <= 1_024 and _SEARCHED.fullmatch(searched)
    if not fits or not _STATISTIC.fullmatch(str(statistic)) or not isinstance(period, int) or period % 60:
        raise ValueError(f"SEARCH({searched!r}, {statistic!r}, {period!r})")
    return Kind.MANY
