"""What happens in the local AWS, for people: each e-mail, and the end of each execution."""

from contextlib import suppress

from rich.text import Text

from local.clock.clock import Clock
from local.commands.terminal import Terminal
from local.iam.refusals import Refusal
from local.server import LocalAws
from local.sns.subscriptions import Email
from local.step_functions.execution_events import ExecutionStatus

ADDRESS = "you@example.com"


def subscribe(aws: LocalAws, topic_arn: str) -> None:
    """Let somebody get the topic's messages as e-mails."""
    aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=ADDRESS)


def show(email: Email, terminal: Terminal) -> None:
    """Print an e-mail. Lines with ARNs, links and commands stay whole, so that these can be copied."""
    terminal.say(Text.assemble((f"E-mail to {email.address}: ", "dim"), (email.subject, "bold")))
    for line in email.text.rstrip().splitlines():
        if not line or "arn:" in line or "://" in line:
            terminal.say(line and f"  {line}")
        else:
            terminal.tell(line, indent=2)
    terminal.say()


class News:
    """Prints each piece of news when it comes; an e-mail to many once."""

    def __init__(self, terminal: Terminal, clock: Clock, *, quiet: bool) -> None:
        """`quiet`: print refusals alone."""
        self._terminal = terminal
        self._clock = clock
        self._quiet = quiet
        self._shown: set[str] = set()

    def __call__(self, news: object) -> None:
        """Print it. A reader of this program's output who has seen enough does not disturb AWS."""
        with suppress(SystemExit):
            self._print(news)

    def _print(self, news: object) -> None:
        match news:
            case Refusal():
                self._terminal.say(f"refused {news}")
            case Email() if not self._quiet and news.message_id not in self._shown:
                self._shown.add(news.message_id)
                show(news, self._terminal)
            case ExecutionStatus() if not self._quiet:
                self._terminal.say(f"{self._clock.now():%H:%M:%S} {_in_words(news)}")


def _in_words(news: ExecutionStatus) -> str:
    execution = f"{news.machine} {news.name}"
    if news.status == "RUNNING":
        return f"{execution} began"
    why = ": ".join(filter(None, (news.error, news.cause)))
    return f"{execution} {news.status} after {news.seconds:.0f} s{why and f', {why}'}"
