"""Spreadsheets over the API: multipart, with the same report as the command line."""

import asyncio
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.imports.errors import UnknownKind
from services.enrollment.imports.finding import Report
from services.enrollment.imports.import_file import Take, Upload, digest_of, import_file
from services.enrollment.imports.open_workbook import check_size
from services.enrollment.imports.sheet_kinds import SHEET_KINDS, Desk
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import AskedOnce, Once, hash_of

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])

OF_THE_BUREAU = "schools"


class Wanted(BaseModel):
    """What is asked of an import; ``school_id`` is left out only for the bureau's list of schools.

    ``expects`` is the digest of a dry run's difference: if anything else would be written by now, nothing is.
    """

    school_id: UUID | None = None
    dry_run: bool = False
    take: Take = Take.WHOLE_FILE
    expects: Annotated[str | None, Field(max_length=64)] = None


@dataclass
class Sender:
    """Who sends the file, in which transaction, under which key."""

    who: Caller
    tx: Tx
    key: Annotated[str, Header(alias="idempotency-key", min_length=8, max_length=64)]
    request: Request

    def once(self, digest: bytes) -> Once:
        """Return the guard against doing it twice.

        The kernel's own hashes a request's body; a form was read already, so its file's digest stands for it.
        """
        return Once(
            self.tx,
            AskedOnce(
                account_id=self.who.account_id,
                route=f"POST {self.request.url.path}",
                key=self.key,
                request_hash=hash_of(self.who, self.request, digest),
            ),
        )


async def desk_for(
    wanted: Annotated[Wanted, Query()], policy: PolicyInForce, cipher: Cipher, now: Now
) -> Desk:
    """Return the desk that takes the file in."""
    return Desk(wanted.school_id, policy, cipher, now)


@router.post("/{kind}", response_model=Report)
async def take_in(
    kind: str,
    file: UploadFile,
    wanted: Annotated[Wanted, Query()],
    desk: Annotated[Desk, Depends(desk_for)],
    sender: Annotated[Sender, Depends()],
) -> Report | Response:
    """Take a workbook in, whole or not at all; a dry run only reports, row by row, and shows the difference.

    ``take=good_rows`` leaves out the rows that cannot be taken. Kinds: schools (operators only), staff, rooms,
    roster, menu, collectors.
    """
    by = _check_sender(sender, kind, wanted.school_id)
    check_size(file.size or 0)
    once = sender.once(await asyncio.to_thread(digest_of, file.file))
    upload = Upload(file.filename or "", file.file, by)
    return await once(
        lambda: import_file(
            sender.tx,
            desk,
            kind,
            upload,
            dry_run=wanted.dry_run,
            take=wanted.take,
            expects=wanted.expects,
        )
    )


def _check_sender(sender: Sender, kind: str, school_id: UUID | None) -> UUID | None:
    """Return the officer's id in the school; None for an operator and the bureau's list."""
    if kind not in SHEET_KINDS:
        raise UnknownKind(kind=kind)
    if kind == OF_THE_BUREAU:
        sender.who.require(Persona.OPERATOR)
        return None
    sender.who.require(*OFFICERS)
    return sender.who.person_in(school_id or UUID(int=0))
