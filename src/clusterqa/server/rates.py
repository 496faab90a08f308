"""How many requests somebody may make in a stretch of time, and what is left of it."""

import ipaddress
import time
from dataclasses import dataclass

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a policy leaves to somebody: requests out of `quota` until `reset` seconds from now."""

    policy: str
    quota: int
    window: int
    allowed: bool
    remaining: int
    reset: int


class Rate:
    """One policy, such as 600 requests a minute for each address, counted in this process."""

    def __init__(self, policy: str, rate: str) -> None:
        self.policy = policy
        self.item = parse(rate)
        self.limiter = FixedWindowRateLimiter(MemoryStorage())

    def take(self, who: str) -> Allowance:
        """Count a request of somebody and say whether it is one of those allowed."""
        allowed = self.limiter.hit(self.item, who)
        left = self.limiter.get_window_stats(self.item, who)
        return Allowance(
            self.policy,
            self.item.amount,
            self.item.get_expiry(),
            allowed,
            left.remaining,
            max(1, round(left.reset_time - time.time())),
        )


def rate_headers(allowances: list[Allowance]) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10); Retry-After
    where one of the allowances is used up.
    """
    headers = {
        "RateLimit-Policy": ", ".join(f'"{a.policy}";q={a.quota};w={a.window}' for a in allowances),
        "RateLimit": ", ".join(f'"{a.policy}";r={a.remaining};t={a.reset}' for a in allowances),
    }
    late = [a.reset for a in allowances if not a.allowed]
    return headers | ({"Retry-After": str(max(late))} if late else {})


def network_of(address: str) -> str:
    """Whom an address stands for: itself, or its /64 in IPv6, of which one person has all."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
