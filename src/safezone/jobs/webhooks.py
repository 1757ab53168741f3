"""What is told when a job has ended: the message, its signature, and when it is tried again.

Signed as Standard Webhooks (https://www.standardwebhooks.com) say, so that receivers can verify it
with any of their libraries.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from standardwebhooks import Webhook

from safezone.store.job_types import Job

MOST_ATTEMPTS = 10

_FIRST_WAIT = 30.0
_LONGEST_WAIT = 8 * 3600.0
# So that messages that failed together do not all come back together.
_JITTER = 0.2


def message(job: Job) -> str:
    """What is told of a job that has ended, as JSON: nothing of its texts."""
    return json.dumps(
        {
            "type": f"job.{job.state}",
            "timestamp": _rfc3339(job.finished or job.created),
            "data": {
                "id": job.id,
                "state": job.state,
                "rows": job.rows,
                "done": job.done,
                "bad": job.bad,
                "expires": _rfc3339(job.expires),
            },
        }
    )


def derive_secret(master: str, owner: str | None) -> str:
    """The secret that the messages to one owner are signed with, as receivers configure it.

    Whoever knows one owner's cannot tell another's, nor the master.
    """
    derived = hmac.digest(master.encode(), f"safezone webhooks {owner or ''}".encode(), sha256)
    return f"whsec_{base64.b64encode(derived).decode('ascii')}"


def signed_headers(secret: str, message_id: str, now: datetime, body: str) -> Mapping[str, str]:
    """The headers of a message. `message_id` is the same at each attempt, so that receivers can
    drop what they have already; `now` is the attempt's own time (UTC).
    """
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }


def wait_after(attempt: int, chance: float) -> timedelta | None:
    """How long to wait after the `attempt`th failure (from 1), or None where it was the last.

    Three times as long each time, up to 8 hours: ten attempts in about a day. `chance`, 0 to 1,
    shifts each wait by up to a fifth.
    """
    if attempt >= MOST_ATTEMPTS:
        return None
    seconds = min(_FIRST_WAIT * 3.0 ** (attempt - 1), _LONGEST_WAIT)
    return timedelta(seconds=seconds * (1 + _JITTER * (2 * chance - 1)))


def _rfc3339(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")
