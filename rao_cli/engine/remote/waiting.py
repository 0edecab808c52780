"""How long to wait before a request is sent again.

Exponential backoff with full jitter, so that many clients that failed together do not come back together (AWS
Architecture Blog, "Exponential Backoff And Jitter"). A server may ask for another time in Retry-After; that is
obeyed within bounds, so that no server can hold a run for ever.
"""

import email.utils
import math
import time

ATTEMPTS = 6
"""Times a request is sent before its error is raised."""
FIRST = 0.5
LONGEST = 30.0
LONGEST_ASKED = 60.0
"""Seconds a server's own wish is followed at most."""


def delay(attempt: int, after: float, chance: float) -> float:
    """Return the seconds to wait after a failed attempt, counted from 0; ``chance`` is between 0 and 1.

    ``after`` is what the server asked for, 0 for nothing. The first wait is a quarter of a second at least.
    """
    longest = min(LONGEST, FIRST * 2.0 ** min(attempt, 20))
    own = longest / 2 + longest / 2 * chance
    return max(own, min(after, LONGEST_ASKED))


def read_retry_after(value: str | None, now: float | None = None) -> float:
    """Return the seconds that a Retry-After header asks for, 0 when it asks for none or makes no sense."""
    if not value or len(value) > 64:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - (time.time() if now is None else now)
        except (ValueError, OverflowError):
            return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
