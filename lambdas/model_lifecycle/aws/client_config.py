"""How every client of AWS here calls: once, and not for long."""

from botocore.config import Config

# One attempt: who called tries again, the state machine's loop and retries or Lambda's own for events. That tells a
# lost answer from a refusal, and leaves a function's time to its calls instead of its waits.
CLIENT_CONFIG = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 1, "mode": "standard"})

# Not so for what the app remembers: a record that cannot be read or written for a moment is worth a moment.
TABLE_CONFIG = Config(connect_timeout=3, read_timeout=3, retries={"total_max_attempts": 5, "mode": "standard"})

# Nor for what lists everything: a page that is throttled is not a reason to begin again.
LIST_CONFIG = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 8, "mode": "standard"})

# A service that may be gone for good is not waited for so long.
PERHAPS_GONE_CONFIG = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 4, "mode": "standard"})
