"""The issuer's public keys: given in the settings, or fetched, kept, and fetched again for an unknown ``kid``."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pq_common.http.refusals import Unavailable
from pq_common.settings import CommonSettings

log = structlog.get_logger(__name__)


def key_set(document: Mapping[str, Any]) -> KeySet:
    """Return the public keys of a JWKS document. A shared secret has no place there and is left out."""
    listed = [key for key in document["keys"] if key.get("kty") in ("RSA", "EC", "OKP")]
    return KeySet.import_key_set({"keys": listed})


class Keys:
    """Where a signature's key is looked up."""

    def __init__(
        self,
        settings: CommonSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._held = key_set(settings.jwks) if settings.jwks else KeySet([])

    async def find(self, kid: str | None) -> KeySet:
        """Return keys that include this one, if the issuer has it. Raises Unavailable when no keys can be had."""
        if self._stale() or not self._knows(kid):
            await self._refresh()
        if not self._held:
            raise Unavailable(
                "Chưa lấy được khóa công khai để kiểm tra thẻ truy cập: hãy thử lại sau ít giây.",
                "The public keys that check tokens cannot be had just now: try again in a few seconds.",
                retry_after_s=5,
            )
        return self._held

    def _knows(self, kid: str | None) -> bool:
        return any(kid is None or key.kid == kid for key in self._held)

    def _stale(self) -> bool:
        if self._settings.jwks_url is None:
            return False
        since = self._fetched_at
        return since is None or self._clock() - since > self._settings.jwks_max_age_s

    async def _refresh(self) -> None:
        now, url = self._clock(), self._settings.jwks_url
        # A stranger may send any kid: the issuer is not asked more often than this for it.
        recently = self._asked_at is not None and now - self._asked_at < (
            self._settings.jwks_min_refresh_s
        )
        if url is None or recently:
            return
        self._asked_at = now
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=5.0) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                self._held = key_set(answer.json())
                self._fetched_at = now
        except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError) as reason:
            log.warning("jwks_not_refreshed", reason=type(reason).__name__)
