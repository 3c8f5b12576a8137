"""What every message must be, so that a person understands it at the first reading."""

import re

_QUOTATION = re.compile(r'"[^"]*"\.?')
_DURATION = re.compile(r"\b\d[\d,]* (?:days|h|min|s)\b(?: \d+ (?:h|min|s)\b)?")


def assert_readable(subject: str, text: str) -> None:
    """Check the subject, and the first two lines of a text: the news, and what to do."""
    assert subject.isascii()
    assert 0 < len(subject) <= 100
    news, to_do, blank, *facts = text.splitlines()
    assert (bool(news), bool(to_do), blank, bool(facts)) == (True, True, "", True)
    for line in (news, to_do):
        assert re.search(r'\.$|[.!?]"$', line), line
        assert "arn:" not in line, line
        ours = _QUOTATION.sub('""', line)
        assert ".." not in ours.replace("...", ""), line
        assert "  " not in ours, line
        # A label or one clause comes before a colon.
        assert not re.search(r": [^.]*: [^.]*: ", ours), line


def assert_no_duration_twice(text: str) -> None:
    """Check the first two lines. Two facts may last equally long by chance: not in what was made to be read."""
    said = _DURATION.findall(_QUOTATION.sub('""', " ".join(text.splitlines()[:2])))
    assert len(said) == len(set(said)), text
