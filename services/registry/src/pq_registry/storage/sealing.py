"""Seal personal codes: the row keeps a key to find them by and a text only the registry can open.

AES-256-GCM with a random nonce in front; the finding key is HMAC-SHA-256, since a 12-digit code is guessed in hours from a bare hash.
"""

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@cache
def sealer_of(secret: str) -> "Sealer":
    """Return the sealer of this secret, the same each time. Raises ValueError for a short one."""
    return Sealer(secret)


class Sealer:
    """Seals with one secret of at least 16 characters; other secrets open nothing."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 16:
            raise ValueError("the sealing secret needs at least 16 characters")
        self._find = hashlib.sha256(b"find:" + secret.encode()).digest()
        self._cipher = AESGCM(hashlib.sha256(b"seal:" + secret.encode()).digest())

    def key(self, code: str) -> str:
        """Return the key under which this code is found, the same each time."""
        return hmac.new(self._find, code.encode(), hashlib.sha256).hexdigest()

    def seal(self, code: str) -> bytes:
        """Return the sealed code, different each time."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, code.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Return the code; raises InvalidTag for a seal of another secret."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
