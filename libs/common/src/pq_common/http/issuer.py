"""A small issuer of tokens for embedded mode and tests; in production an identity provider does this."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from pq_common.http.auth import Role

KEY_FILE = "issuer-key.json"
ISSUER = "https://pq.invalid/issuer"
AUDIENCE = "pq"


class DevelopmentIssuer:
    """Mint tokens with a key of its own, kept in ``folder`` so that tokens outlive a restart."""

    def __init__(self, folder: Path, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> None:
        self.issuer = issuer
        self.audience = audience
        self._key = _key_in(folder)

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JWKS document, for ``CommonSettings.jwks``."""
        return {"keys": [self._key.as_dict(private=False, use="sig", alg="ES256")]}

    def token(
        self,
        role: Role | Sequence[Role],
        *,
        places: Sequence[str] = (),
        subject: str | None = None,
        lifetime_s: int = 12 * 3600,
        **claims: Any,
    ) -> str:
        """Return a signed token. ``claims`` may be scope, body_id, enterprise_code, or override any other claim.

        Roles other than a province officer get every place unless some are named: their rows are told
        apart by body, enterprise or scope, not by place.
        """
        roles = [role] if isinstance(role, str) else list(role)
        reach = list(places) or ([] if "province-officer" in roles else ["*"])
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject or f"dev:{'+'.join(roles)}:{','.join(reach) or '-'}",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime_s,
            "roles": roles,
            "places": reach,
        }
        header = {"alg": "ES256", "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, {**said, **claims}, self._key)


def _key_in(folder: Path) -> ECKey:
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        key = ECKey.generate_key("P-256", auto_kid=True)
        # Complete or absent: two processes may start at once, and the first key wins.
        draft = folder / f"{KEY_FILE}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(key.as_dict(private=True), file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
