"""Text from outside, as people may read it: on one line, marked as quoted, and of a sensible length.

Reasons, causes, names and services' words are whatever someone wrote. Nothing of them may pass for a line or a sentence
of ours, nor for a link to follow. JSON for programs keeps them as they are, at their bounded length.
"""

import re
import unicodedata

MAX_CHARACTERS = 500

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Unicode counts them among the letters, marks and symbols, and nobody sees them."""
_DOUBLE_QUOTES = dict.fromkeys(map(ord, '"\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u301d\u301e\u301f'), "'")
_MOST_MARKS = 3
_UNREADABLE = "\ufffd"
_DOMAINS = "com|net|org|info|biz|io|co|me|ru|cn|xyz|top|app|dev|link|click|site|online|shop"
# What mail programs turn into a link: addresses, and hosts before a path or a port, or in the usual domains.
_SCHEME = re.compile(r"(?<=\w):(?=//)|(?<=\bmailto):|(?<=\btel):|(?<=\bsms):|(?<=\bwww)\.", re.IGNORECASE)
_HOST = re.compile(
    rf"(?<![\w.-])(?<!\w/)(?:[\w-]+\.)+(?:[a-z]{{2,}}(?=/|:\d)|(?:{_DOMAINS})(?![\w-]|\.\w))", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<=\w)@(?=[\w-]+\.\w)")
_WORD = re.compile(r"[A-Za-z0-9_.:/#@+=,-]{1,256}")


def one_line(text: str, characters: int = MAX_CHARACTERS) -> str:
    """Return the text without line breaks, characters that nobody sees, and links; cut to so many characters."""
    # Compatible forms are told apart by nobody: wide letters, other colons, spaces of every width.
    plain = unicodedata.normalize("NFKC", text[: 4 * characters])
    seen: list[str] = []
    marks = 0
    for character in plain:
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if category == "Cc" or category.startswith("Z"):
            seen.append(" ")
        elif category in ("Cs", "Co", "Cn"):
            seen.append(_UNREADABLE)
        elif category not in ("Cf", "Me") and marks <= _MOST_MARKS and character not in _BLANK_LETTERS:
            seen.append(character)
    line = " ".join("".join(seen).split())
    line = _SCHEME.sub(lambda found: f"[{found[0]}]", _ADDRESS.sub("[at]", line))
    line = _HOST.sub(lambda found: found[0].replace(".", "[.]"), line)
    return shortened(line, characters)


def quoted(text: str, characters: int = MAX_CHARACTERS) -> str:
    """Return the text on one line between double quotes, of which it has none itself."""
    # Some double quotes come of others only when they are normalized.
    return f'"{one_line(text, characters).translate(_DOUBLE_QUOTES)}"'


def word(text: str) -> str:
    """Return a name or an identifier as it stands; quoted if it is anything else."""
    return text if _WORD.fullmatch(text) and one_line(text) == text else quoted(text)


def shortened(text: str, characters: int) -> str:
    """Return the text, cut to so many characters; a cut one ends in `...`."""
    return text if len(text) <= characters else text[: characters - 3] + "..."
