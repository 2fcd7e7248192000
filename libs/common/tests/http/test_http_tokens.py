"""A token counts only if the issuer signed it, for us, for now."""

import base64
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from pq_common.errors import NotAuthenticated
from pq_common.http.auth import Require
from pq_common.http.issuer import AUDIENCE, ISSUER, DevelopmentIssuer
from pq_common.http.keys import Keys
from pq_common.http.refusals import Unavailable
from pq_common.http.tokens import Verifier
from pq_common.settings import CommonSettings


def settings(**more: Any) -> CommonSettings:
    return CommonSettings(database_url="postgresql://x", **more)


def claims(**more: object) -> dict[str, object]:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "someone",
        "exp": now + 60,
        "nbf": now,
        "roles": ["ministry-admin"],
    }
    return {**said, **more}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def verifier_of(*keys: ECKey | RSAKey | OKPKey) -> Verifier:
    jwks = {"keys": [key.as_dict(private=False) for key in keys]}
    given = settings(jwks=jwks)
    return Verifier(given, Keys(given))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere"},
        {"aud": "others"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"sub": ""},
        {"roles": []},
        {"roles": ["emperor"]},
        {"roles": ["public"]},
        {"roles": "ministry-admin"},
        {"roles": ["province-officer"], "places": ["vn-00-1900"]},
        {"roles": ["enterprise"], "enterprise_code": 7},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(wrong: dict[str, object]) -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    said = {name: value for name, value in claims(**wrong).items() if value is not None}
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, said, key)
    with pytest.raises(NotAuthenticated):
        await verifier_of(key).actor(token)


async def test_a_token_signed_by_a_stranger_is_refused() -> None:
    key, stranger = (ECKey.generate_key("P-256", {"kid": "one"}) for _ in range(2))
    token = jwt.encode({"alg": "ES256", "kid": "one"}, claims(), stranger)
    with pytest.raises(NotAuthenticated):
        await verifier_of(key).actor(token)


async def test_the_public_key_used_as_a_shared_secret_is_refused() -> None:
    key = RSAKey.generate_key(2048, auto_kid=True)
    genuine = jwt.encode({"alg": "RS256", "kid": key.kid}, claims(), key)
    header = encoded(json.dumps({"alg": "HS256", "kid": key.kid}).encode())
    signed = f"{header}.{genuine.split('.')[1]}"
    digest = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    token = f"{signed}.{encoded(digest)}"
    with pytest.raises(NotAuthenticated, match="algorithm"):
        await verifier_of(key).actor(token)


async def test_no_signature_is_no_token() -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    header, body, _ = jwt.encode({"alg": "ES256", "kid": key.kid}, claims(), key).split(".")
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    for token in (f"{unsigned}.{body}.", f"{header}.{body}.", "x", "a.b.c", "", "." * 9000):
        with pytest.raises(NotAuthenticated):
            await verifier_of(key).actor(token)


async def test_an_algorithm_that_does_not_fit_the_key_is_refused() -> None:
    key, rsa = ECKey.generate_key("P-256", {"kid": "k"}), RSAKey.generate_key(2048, {"kid": "k"})
    token = jwt.encode({"alg": "RS256", "kid": "k"}, claims(), rsa)
    with pytest.raises(NotAuthenticated):
        await verifier_of(key).actor(token)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.generate_key("P-256", auto_kid=True)),
        ("RS256", RSAKey.generate_key(2048, auto_kid=True)),
        ("Ed25519", OKPKey.generate_key("Ed25519", auto_kid=True)),
    ],
)
async def test_each_public_key_algorithm_is_read(algorithm: str, key: ECKey) -> None:
    token = jwt.encode({"alg": algorithm, "kid": key.kid}, claims(scope="a b"), key, [algorithm])
    actor = await verifier_of(key).actor(token)
    assert (actor.id, actor.scope) == ("someone", "*")
    assert actor.scopes == {"a", "b"}


async def test_a_remembered_token_ends_when_it_ends() -> None:
    key, now = ECKey.generate_key("P-256", auto_kid=True), [time.time()]
    given = settings(jwks={"keys": [key.as_dict(private=False)]})
    verifier = Verifier(given, Keys(given), now=lambda: now[0])
    token = jwt.encode({"alg": "ES256", "kid": key.kid}, claims(), key)
    await verifier.actor(token)
    now[0] += 200
    with pytest.raises(NotAuthenticated, match="expired"):
        await verifier.actor(token)


class Provider:
    """An identity provider that counts how often its keys are fetched."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys, self.asked, self.status = list(keys), 0, 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        listed = {"keys": [key.as_dict(private=False) for key in self.keys]}
        return httpx.Response(self.status, content=json.dumps(listed))


async def test_keys_are_fetched_once_and_again_for_an_unknown_one_but_not_for_every_stranger() -> (
    None
):
    old, new = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
    provider, now = Provider(old), [0.0]
    given = settings(jwks_url="https://idp.test/jwks")
    keys = Keys(given, transport=httpx.MockTransport(provider), clock=lambda: now[0])
    for _ in range(3):
        await keys.find(old.kid)
    assert provider.asked == 1
    provider.keys.append(new)
    now[0] = 11.0
    assert any(key.kid == new.kid for key in await keys.find(new.kid))
    for _ in range(5):
        await keys.find("unheard-of")
    assert provider.asked == 2
    provider.status, now[0] = 503, 1000.0
    assert any(key.kid == new.kid for key in await keys.find(new.kid))


async def test_without_any_key_nobody_is_blamed() -> None:
    provider = Provider()
    provider.status = 500
    given = settings(jwks_url="https://idp.test/jwks")
    keys = Keys(given, transport=httpx.MockTransport(provider))
    with pytest.raises(Unavailable):
        await keys.find("any")


def test_the_issuers_key_outlives_a_restart(tmp_path) -> None:
    first, second = DevelopmentIssuer(tmp_path), DevelopmentIssuer(tmp_path)
    assert first.jwks() == second.jwks()
    assert "d" not in first.jwks()["keys"][0]
    [kept] = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


async def test_an_officers_scope_has_the_predecessors_of_the_place(tmp_path) -> None:
    issuer = DevelopmentIssuer(tmp_path)
    given = settings(jwks=issuer.jwks())
    verifier = Verifier(given, Keys(given))
    merged = await verifier.actor(issuer.token("province-officer", places=["vn-33-2025"]))
    assert merged.scope == frozenset({"vn-33-2025", "vn-33-1997", "vn-34-1997"})
    former = await verifier.actor(issuer.token("province-officer", places=["vn-33-1997"]))
    assert not former.allows("vn-34-1997")
    assert former.allows(None)
    placeless = await verifier.actor(
        issuer.token("enterprise", enterprise_code="0101234567", places=[])
    )
    assert placeless.enterprise_code == "0101234567"


def test_a_role_that_does_not_exist_cannot_be_required() -> None:
    with pytest.raises(ValueError, match="emperor"):
        Require(frozenset({"emperor"}), None)
