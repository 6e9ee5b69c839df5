"""A client of enrollment over HTTP, with tokens as the gateway and neighbours sign them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from services.contracts.personas import Persona
from services.enrollment.app import create_app
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import INTERNAL, Identity, Signer, load_signer, make_key
from tests.enrollment.conftest import FAMILIES, FIELD_KEYS, Family, Schools


class Door:
    """A client of the service, and tokens as the gateway and neighbours sign them."""

    def __init__(self, http: httpx.AsyncClient, gateway: Signer, neighbour: Signer, schools: Schools) -> None:
        self.http = http
        self.schools = schools
        self._gateway = gateway
        self._neighbour = neighbour

    def token(self, persona: str, **people: UUID) -> dict[str, str]:
        """Headers of a caller; ``people``: id by school code."""
        told = {self.schools.ids[code]: person for code, person in people.items()}
        identity = Identity(account_id=new_id(), persona=persona, people=told)
        signed = self._gateway.sign_identity(identity, audience=INTERNAL, ttl=timedelta(minutes=5))
        return {"Authorization": f"Bearer {signed}", "Idempotency-Key": new_id().hex}

    @property
    def service(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._neighbour.sign_service()}"}

    @property
    def officer(self) -> dict[str, str]:
        return self.token(Persona.ENROLMENT_OFFICER, S001=self.schools.officers["S001"])

    def guardian(self, family: Family) -> dict[str, str]:
        return self.token(Persona.GUARDIAN, S001=family.guardian_id)

    async def families(self, grade: int = 1) -> list[Family]:
        facts = {"school_id": self.schools.primary, "grade": grade, "class_name": "1班"}
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()]

    async def offering(self, code: str) -> str:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            found = await tx.scalar(
                text("SELECT offering_id FROM offering WHERE code = :code"), {"code": code}
            )
        return str(found)


@asynccontextmanager
async def open_door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    """Run the service on a copy of the sample schools."""
    public = []
    for service in ("enrollment", "attendance", "gateway"):
        pem, jwk = make_key()
        (tmp_path / f"{service}.pem").write_bytes(pem)
        public.append({**jwk, "kid": service})
    (tmp_path / "public.json").write_text(json.dumps({"keys": public}))
    settings = Settings(
        database_url=SecretStr(own_copy.database.url), keys_dir=tmp_path, field_keys=SecretStr(FIELD_KEYS)
    )
    app = create_app(settings, clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://enrollment/api/v1") as http:
            yield Door(http, load_signer(tmp_path, "gateway"), load_signer(tmp_path, "attendance"), own_copy)
