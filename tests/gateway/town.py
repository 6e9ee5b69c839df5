"""Two schools, their people, WeChat, and the gateway in front: everything real, over real HTTP."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from services.enrollment.app import create_app as create_enrollment
from services.enrollment.families.tables import Child, Guardian, Guardianship
from services.enrollment.policy import read_policy
from services.enrollment.schools.create_school import SchoolFacts, create_school, invite_officer
from services.enrollment.schools.tables import Staff
from services.gateway.app import create_app
from services.gateway.routing.front_door import FrontDoor
from services.gateway.settings import DoorSettings
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock, real_now
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.settings import Settings
from services.kernel.tokens import PUBLIC, Identity, load_verifier
from tests.conftest import Databases
from tests.gateway.keys import Keys
from tests.gateway.living_server import dead_address, living_server
from tests.living_standin import LivingStandIn, living_standin

RING = "k1:" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def named_by(town: "Town", session: dict[str, Any]) -> Identity:
    """Return who a session's access token names."""
    return load_verifier(town.keys.folder).identity(session["access_token"], audience=PUBLIC)


def slug(answer: httpx.Response) -> str:
    """Return the name of a refusal."""
    return str(answer.json()["type"]).rpartition(":")[2]


@dataclass
class Town:
    """What tests ask of it. Each test makes people of its own, by fresh phones."""

    url: str
    gateway: FrontDoor
    gateway_db: Database
    enrollment_db: Database
    wechat: LivingStandIn
    http: httpx.AsyncClient
    clock: ManualClock
    keys: Keys
    settings: Settings
    schools: dict[str, UUID] = field(default_factory=dict)
    cipher: FieldCipher = field(default_factory=lambda: FieldCipher(RING))
    _numbers: Any = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def another_door(self, *, door: dict[str, Any] | None = None, **told: Any) -> AsyncIterator["Town"]:
        """A second gateway on the same database, set otherwise."""
        settings = self.settings.model_copy(update=told)
        app = create_app(settings, self.clock, door=DoorSettings(**(door or {})))
        async with living_server(app, lifespan=True) as url:
            yield replace(self, url=url, gateway=app)

    def fresh_phone(self) -> str:
        return f"139{next(self._numbers):08d}"

    async def ask(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(method, f"{self.url}/api/v1/{path}", headers=headers, **more)

    async def open_school(self, code: str, now: datetime) -> None:
        facts = SchoolFacts(code=code, name=f"{code} 小学", county="潞州区", kind="primary")
        async with self.enrollment_db.transaction() as tx:
            school = await create_school(tx, facts, policy=read_policy(), now=now)
        self.schools[code] = school.school_id

    async def invitation(self, code: str) -> str:
        school_id = self.schools[code]
        async with self.enrollment_db.transaction([school_id]) as tx:
            return await invite_officer(tx, school_id, real_now=real_now())

    async def add_staff(self, code: str, phone: str, *personas: str) -> UUID:
        staff_id = new_id()
        sealed = self._sealed(phone)
        async with self.enrollment_db.transaction([self.schools[code]]) as tx:
            tx.add(
                Staff(
                    school_id=self.schools[code],
                    staff_id=staff_id,
                    staff_no=staff_id.hex,
                    name="王老师",
                    pinyin="wang",
                    initials="w",
                    personas=list(personas),
                    version=1,
                    **sealed,
                )
            )
        return staff_id

    async def add_guardian(self, code: str, phone: str) -> UUID:
        """Put a child and its guardian on file."""
        school_id, child_id, guardian_id = self.schools[code], new_id(), new_id()
        child: dict[str, Any] = {
            "name": "李小明",
            "pinyin": "li",
            "initials": "l",
            "grade": 1,
            "class_name": "1班",
        }
        sealed = self._sealed(phone)
        async with self.enrollment_db.transaction([school_id]) as tx:
            tx.add(Child(school_id=school_id, child_id=child_id, student_no=child_id.hex, version=1, **child))
            tx.add(Guardian(school_id=school_id, guardian_id=guardian_id, name="李先生", version=1, **sealed))
            await tx.flush()
            tx.add(
                Guardianship(
                    school_id=school_id,
                    child_id=child_id,
                    guardian_id=guardian_id,
                    relation="父亲",
                    rank=1,
                    version=1,
                )
            )
        return guardian_id

    def _sealed(self, phone: str) -> dict[str, Any]:
        return {"phone_sealed": self.cipher.seal(phone), "phone_index": self.cipher.blind_index(phone)}

    async def remove_staff(self, code: str, staff_id: UUID) -> None:
        async with self.enrollment_db.transaction([self.schools[code]]) as tx:
            await tx.execute(text("UPDATE staff SET removed = true WHERE staff_id = :id"), {"id": staff_id})

    async def log_in(self, phone: str, **wish: Any) -> dict[str, Any]:
        """Open the mini-program on this person's phone."""
        answer = await self.log_in_answer(phone, **wish)
        assert answer.status_code == 201, answer.text
        session: dict[str, Any] = answer.json()
        return session

    async def log_in_answer(self, phone: str, **wish: Any) -> httpx.Response:
        code = await self.wechat.login_code(await self.wechat.person(phone))
        return await self.ask("POST", "sessions/wechat", json={"code": code, **wish})

    async def agree(self, token: str, *purposes: str) -> None:
        texts = (await self.ask("GET", "consents")).json()["texts"]
        for text_ in texts:
            if text_["purpose"] in purposes:
                body = {"purpose": text_["purpose"], "version": text_["version"]}
                answer = await self.ask("POST", "me/consents", token, json=body)
                assert answer.status_code == 201, answer.text

    async def bind(self, token: str, phone: str) -> httpx.Response:
        code = await self.wechat.phone_code(await self.wechat.person(phone))
        return await self.ask("POST", "me/phone", token, json={"code": code})

    async def refresh(self, session: dict[str, Any], **wish: Any) -> httpx.Response:
        return await self.ask(
            "POST", "sessions/refresh", json={"refresh_token": session["refresh_token"], **wish}
        )

    async def move_in(self, phone: str, *purposes: str) -> dict[str, Any]:
        """Log in for the first time, agree, bind the phone; return the guest's session."""
        session = await self.log_in(phone)
        await self.agree(session["access_token"], *(purposes or ("account", "children")))
        answer = await self.bind(session["access_token"], phone)
        assert answer.status_code == 200, answer.text
        return session

    async def announced(self, account_id: str) -> list[dict[str, Any]]:
        """Return what was told of an account, oldest first."""
        query = text(
            "SELECT letter->'body' AS body FROM outgoing, jsonb_array_elements(letters) AS letter"
            " WHERE letter->'body'->>'account_id' = :account_id ORDER BY batch_id"
        )
        async with self.gateway_db.transaction() as tx:
            return list((await tx.scalars(query, {"account_id": account_id})).all())

    async def audited(self, account_id: str) -> list[str]:
        query = text("SELECT action FROM audit_entry WHERE account_id = :id ORDER BY entry_id")
        async with self.gateway_db.transaction() as tx:
            return list((await tx.scalars(query, {"id": UUID(account_id)})).all())


@asynccontextmanager
async def living_town(
    databases: Databases, keys: Keys, clock: ManualClock, *, door: dict[str, Any] | None = None, **told: Any
) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        wechat = await stack.enter_async_context(living_standin())
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))
        dbs = {
            service: await stack.enter_async_context(databases.fresh(service))
            for service in ("enrollment", "gateway")
        }
        common = {"keys_dir": keys.folder, "field_keys": SecretStr(RING), "log_level": "WARNING"}

        def settings(service: str) -> Any:
            return wechat.settings(**common, database_url=SecretStr(dbs[service].url), **urls)

        urls: dict[str, Any] = {}
        enrollment = create_enrollment(settings("enrollment"), clock=clock)
        urls = {
            "enrollment_url": await stack.enter_async_context(living_server(enrollment, lifespan=True)),
            "attendance_url": dead_address(),
            "notifications_url": dead_address(),
            **told,
        }
        told_gateway = settings("gateway")
        app = create_app(told_gateway, clock, door=DoorSettings(**(door or {})))
        url = await stack.enter_async_context(living_server(app, lifespan=True))
        town = Town(url, app, dbs["gateway"], dbs["enrollment"], wechat, http, clock, keys, told_gateway)
        for code in ("S001", "S002"):
            await town.open_school(code, clock.now())
        yield town
