"""Every list of a school as a workbook (.xlsx), in the form in which it came in."""

import asyncio
import tempfile
from collections.abc import Iterator
from typing import IO, Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.contracts.personas import Persona
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.outgoing.errors import UnknownExport
from services.enrollment.outgoing.export_book import OPERATOR, export_book
from services.enrollment.outgoing.export_kinds import EXPORT_KINDS, OF_THE_BUREAU
from services.enrollment.outgoing.sheet import Desk
from services.kernel.web.dependencies import Caller, Now, Tx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])


class Narrowed(BaseModel):
    """Whose list, and what of it; the school is left out only for the bureau's list of schools."""

    school_id: UUID | None = None
    offering_id: UUID | None = None
    round_id: UUID | None = None


async def desk_for(
    wanted: Annotated[Narrowed, Query()], policy: PolicyInForce, cipher: Cipher, now: Now
) -> Desk:
    """Return the desk that writes the list."""
    return Desk(**wanted.model_dump(), policy=policy, cipher=cipher, now=now)


@router.get(
    "/{kind}",
    response_class=StreamingResponse,
    responses={200: {"content": {XLSX: {}}, "description": "The workbook."}},
)
async def export(
    kind: str, desk: Annotated[Desk, Depends(desk_for)], who: Caller, tx: Tx
) -> StreamingResponse:
    """Return a list as a workbook; who had one with phones, notes or blocked persons is kept.

    Kinds: staff, rooms, roster, collectors, menu (each can be imported again), club-rosters (a teacher has the own
    ones), waiting-lists, unsigned, wishes and results (with ``round_id``), schools (operators only).
    """
    if kind not in EXPORT_KINDS:
        raise UnknownExport(kind=kind)
    who.require(*EXPORT_KINDS[kind].personas)
    by = OPERATOR if kind == OF_THE_BUREAU else who.person_in(desk.school())
    if who.persona == Persona.TEACHER:
        desk = Desk(**{**vars(desk), "teacher_id": by})
    # On disk, not in memory; without a name, so that it is gone with the answer.
    file = await asyncio.to_thread(_nameless)
    try:
        name = await export_book(tx, desk, kind, file, by=by, now=desk.now)
    except BaseException:
        file.close()
        raise
    size = file.seek(0, 2)
    return StreamingResponse(
        _chunks(file),
        media_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename=\"{kind}.xlsx\"; filename*=UTF-8''{quote(name)}",
            "Content-Length": str(size),
            "Cache-Control": "no-store",
        },
    )


def _nameless() -> IO[bytes]:
    return tempfile.TemporaryFile(prefix="kehou-export-")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
