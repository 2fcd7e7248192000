"""Tokens of the identity provider: signature by its published keys, then issuer, audience and times."""

import base64
import json
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError, SecurityWarning

from pq_common.errors import NotAuthenticated
from pq_common.http.auth import Actor, actor_of
from pq_common.http.keys import Keys
from pq_common.settings import CommonSettings

# Signatures with a public key alone. With HS256 in this list anybody who has the published
# RSA key could sign, and "none" needs no key at all.
ALGORITHMS = ("RS256", "ES256", "Ed25519", "EdDSA")
LEEWAY_S = 30
REMEMBERED = 2048
REMEMBERED_FOR_S = 60.0
LONGEST_TOKEN = 8192

log = structlog.get_logger(__name__)


class Verifier:
    """Turn a bearer token into an actor; a token just verified is remembered for a minute."""

    def __init__(
        self, settings: CommonSettings, keys: Keys, *, now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._now = now
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True, "allow_blank": False},
        )
        self._seen: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    async def actor(self, token: str) -> Actor:
        """Return the actor of this token. Raises NotAuthenticated with a reason that helps its owner."""
        remembered = self._seen.get(token)
        if remembered is not None and self._now() < remembered[0]:
            return remembered[1]
        claims = await self._verified(token)
        actor = actor_of(claims)
        self._seen[token] = (min(self._now() + REMEMBERED_FOR_S, claims["exp"] + LEEWAY_S), actor)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return actor

    async def _verified(self, token: str) -> Mapping[str, Any]:
        header = _header(token)
        if header.get("alg") not in ALGORITHMS:
            raise _refused(
                "thuật toán ký không được chấp nhận", "its signature algorithm is not accepted"
            )
        keys = await self._keys.find(header.get("kid"))
        try:
            with warnings.catch_warnings():
                # RFC 9864 renames EdDSA to Ed25519; identity providers still write the old name.
                warnings.simplefilter("ignore", SecurityWarning)
                verified = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            self._claims.validate(verified.claims)
        except ExpiredTokenError:
            raise _refused("đã hết hạn", "it has expired") from None
        except InvalidKeyIdError:
            raise _refused("khóa ký không rõ", "its key is unknown") from None
        except (JoseError, ValueError, TypeError) as reason:
            log.info("token_refused", reason=type(reason).__name__)
            raise _refused("không qua được kiểm tra", "it does not verify") from None
        return verified.claims


def _header(token: str) -> Mapping[str, Any]:
    try:
        segment = token.split(".", maxsplit=1)[0]
        raw = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
        header = json.loads(raw)
    except (ValueError, RecursionError):
        header = None
    if len(token) > LONGEST_TOKEN or not isinstance(header, dict):
        raise _refused("không đọc được", "it cannot be read")
    return header


def _refused(vi: str, en: str) -> NotAuthenticated:
    return NotAuthenticated(
        f"Thẻ truy cập bị từ chối: {vi}. Hãy xin cấp lại thẻ.",
        f"The token is refused: {en}. Ask for a new one.",
    )
