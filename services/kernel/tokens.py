"""Signed tokens (ES256): who is calling, for which schools. Issued by the gateway; services sign for themselves."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from jose.exceptions import ExpiredSignatureError, JOSEError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.kernel.clock import real_now
from services.kernel.problems import NotAllowed, NotYours, Unauthenticated

SERVICE = "service"
"""The persona of a service that speaks for itself."""
INTERNAL = "kehou-internal"
"""Audience of what the gateway hands on and services say to each other."""
PUBLIC = "kehou-public"
"""Audience of what phones hold."""


class BadToken(Unauthenticated):
    """The token is missing, forged, expired, or meant for somebody else."""


class StaleToken(BadToken):
    """The token is genuine, and has expired."""


class Identity(BaseModel):
    """Who is calling: an account under one persona, and which person it is in each school of its scope."""

    model_config = ConfigDict(frozen=True)

    account_id: UUID
    persona: str
    people: dict[UUID, UUID] = Field(default_factory=dict)
    device_id: UUID | None = None

    @property
    def schools(self) -> list[UUID]:
        """The schools of the caller's scope."""
        return list(self.people)

    def person_in(self, school_id: UUID) -> UUID:
        """Return the caller's staff or guardian id in a school; NotYours for a foreign school."""
        if (person := self.people.get(school_id)) is None:
            raise NotYours
        return person

    def require(self, *personas: str) -> None:
        """Refuse any persona but these."""
        if self.persona not in personas:
            raise NotAllowed(persona=self.persona)


class Signer:
    """Signs as one issuer; the key id is the issuer's name."""

    def __init__(self, issuer: str, pem: bytes) -> None:
        self.issuer = issuer
        self._key = jwk.construct(pem.decode(), algorithm="ES256")
        self._own: tuple[datetime, str] | None = None

    def sign(self, claims: Mapping[str, Any], *, audience: str, ttl: timedelta) -> str:
        """Return a token that lives for ``ttl`` of real time."""
        now = int(real_now().timestamp())
        body = {
            **claims,
            "iss": self.issuer,
            "aud": audience,
            "iat": now,
            "exp": now + int(ttl.total_seconds()),
        }
        return jwt.encode(body, self._key, algorithm="ES256", headers={"kid": self.issuer})

    def sign_identity(self, identity: Identity, *, audience: str, ttl: timedelta) -> str:
        """Return a token for ``identity``."""
        return self.sign({"id": identity.model_dump(mode="json")}, audience=audience, ttl=ttl)

    def sign_service(self) -> str:
        """Return a token by which this service speaks for itself; good for two minutes at least.

        The same one is handed out meanwhile: its readers then verify it once, not at every call.
        """
        now = real_now()
        if self._own is None or self._own[0] < now:
            itself = Identity(account_id=UUID(int=0), persona=SERVICE)
            token = self.sign_identity(itself, audience=INTERNAL, ttl=timedelta(minutes=5))
            self._own = (now + timedelta(minutes=3), token)
        return self._own[1]


class Verifier:
    """Verifies against everybody's public keys, and remembers what it verified until it expires."""

    def __init__(self, public: Mapping[str, Mapping[str, Any]], *, remember: int = 20_000) -> None:
        self._keys = {kid: jwk.construct(dict(key), algorithm="ES256") for kid, key in public.items()}
        self._seen: OrderedDict[tuple[str, str], tuple[float, dict[str, Any]]] = OrderedDict()
        self._remember = remember

    def verify(self, token: str, *, audience: str) -> dict[str, Any]:
        """Return the claims; raises StaleToken for what was genuine once, BadToken for all else."""
        now = real_now().timestamp()
        if (known := self._seen.get((token, audience))) is not None and known[0] > now:
            return known[1]
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
            key: Any = self._keys[kid]
            claims = jwt.decode(token, key, algorithms=["ES256"], audience=audience, issuer=kid)
        except ExpiredSignatureError as fault:
            raise StaleToken from fault
        except (JOSEError, KeyError) as fault:
            raise BadToken from fault
        self._seen[(token, audience)] = (float(claims["exp"]), claims)
        while len(self._seen) > self._remember:
            self._seen.popitem(last=False)
        return claims

    def public_key(self, issuer: str) -> dict[str, Any]:
        """Return an issuer's public key as a JWK: for phones that verify without network."""
        return {**self._keys[issuer].to_dict(), "kid": issuer}

    def identity(self, token: str, *, audience: str) -> Identity:
        """Return who the token names.

        Only the gateway's key may speak for people: a service's key that signs another persona is refused.
        """
        claims = self.verify(token, audience=audience)
        try:
            identity = Identity.model_validate(claims.get("id"))
        except ValidationError as fault:
            raise BadToken from fault
        if identity.persona != SERVICE and claims["iss"] != "gateway":
            raise BadToken
        return identity


def make_key() -> tuple[bytes, dict[str, Any]]:
    """Return a fresh ES256 key: the private one as PEM, the public one as a JWK."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, public_of(pem)


def public_of(pem: bytes) -> dict[str, Any]:
    """Return the public half of a private key as a JWK."""
    private = serialization.load_pem_private_key(pem, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return dict(jwk.construct(public.decode(), algorithm="ES256").to_dict())


def load_signer(keys_dir: Path, issuer: str) -> Signer:
    """Read the own private key."""
    return Signer(issuer, (keys_dir / f"{issuer}.pem").read_bytes())


def load_verifier(keys_dir: Path) -> Verifier:
    """Read everybody's public keys (a JWK set whose ``kid`` is the service's name)."""
    told = json.loads((keys_dir / "public.json").read_text())
    return Verifier({key["kid"]: key for key in told["keys"]})
