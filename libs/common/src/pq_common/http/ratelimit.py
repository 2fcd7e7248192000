"""Token buckets in the process, by actor or address; the limits are per process and say so in the headers."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from pq_common.http.refusals import TooManyRequests

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests in so many seconds, all at once or spread."""

    name: str
    quota: int
    window_s: int = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left to the caller under a policy, and when the bucket is full again."""

    policy: Policy
    remaining: int
    reset_s: int
    wait_s: int

    @property
    def allowed(self) -> bool:
        """Tell whether this request may go on."""
        return self.wait_s == 0

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers, as ASGI takes them."""
        name, policy = self.policy.name, self.policy
        return [
            (b"ratelimit-policy", f'"{name}";q={policy.quota};w={policy.window_s}'.encode()),
            (b"ratelimit", f'"{name}";r={self.remaining};t={self.reset_s}'.encode()),
        ]

    def refusal(self) -> TooManyRequests:
        """Return the error that says when to come again."""
        return TooManyRequests(
            f"Quá {self.policy.quota} yêu cầu trong {self.policy.window_s} giây: hãy thử lại sau {self.wait_s} giây.",
            f"More than {self.policy.quota} requests in {self.policy.window_s} seconds: try again in {self.wait_s} seconds.",
            retry_after_s=self.wait_s,
        )


class RateLimiter:
    """Buckets by policy and key. The least recently used are forgotten, which only ever favours the caller."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, policy: Policy, key: str) -> Verdict:
        """Take one token from the key's bucket, if there is one."""
        now, per_second = self._clock(), policy.quota / policy.window_s
        tokens, since = self._buckets.pop((policy.name, key), (float(policy.quota), now))
        tokens = min(float(policy.quota), tokens + (now - since) * per_second)
        allowed = tokens >= 1
        tokens -= 1 if allowed else 0
        self._buckets[policy.name, key] = (tokens, now)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return Verdict(
            policy,
            remaining=int(tokens),
            reset_s=math.ceil((policy.quota - tokens) / per_second),
            wait_s=0 if allowed else math.ceil((1 - tokens) / per_second),
        )
