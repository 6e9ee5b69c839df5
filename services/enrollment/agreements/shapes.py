"""What the agreement's routes take and give."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


class AgreementIn(BaseModel):
    """A new version of the text; issuing it is the school's signature."""

    school_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=50_000)]


class AgreementOut(BaseModel):
    """A version of the text; ``sha256`` of title, a line feed, and body, in UTF-8."""

    school_id: UUID
    number: int
    title: str
    body: str
    sha256: str
    issued_at: AwareDatetime


class VersionOut(BaseModel):
    """A version without its text: who issued it, and for how many children it was signed."""

    number: int
    title: str
    sha256: str
    issued_at: AwareDatetime
    issued_by: UUID
    issued_by_name: str | None
    children: int


class VersionsOut(BaseModel):
    """Every version ever in force, newest first."""

    versions: list[VersionOut]


class SigningIn(BaseModel):
    """A guardian signs the text that was read (number and hash) for children of one school."""

    school_id: UUID
    number: int
    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    child_ids: list[UUID] = Field(min_length=1, max_length=20)


class SignedOut(BaseModel):
    """What stands signed now."""

    number: int
    child_ids: list[UUID]


class SignatureOut(BaseModel):
    """Somebody signed a version: ``sha256`` of the text that was seen, and whether it is that of the text on file.

    Of the school there is no child; on paper there is no device, but the request that staff recorded.
    """

    signature_id: UUID
    number: int
    title: str
    sha256: str
    unchanged: bool
    side: Literal["school", "guardian"]
    signer_id: UUID
    signer_name: str | None
    child_id: UUID | None
    signed_at: AwareDatetime
    device_id: UUID | None
    request_id: UUID | None


class SignaturesOut(BaseModel):
    """Both sides' signatures, by version."""

    signatures: list[SignatureOut]


class UnsignedChildOut(BaseModel):
    """A child in care whose guardians have not signed the text in force."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    agreed_number: int | None


class ClassFigureOut(BaseModel):
    """A class with children in care."""

    grade: int
    class_name: str
    in_care: int
    unsigned: int


class UnsignedOut(BaseModel):
    """Who has not signed; they are cared for all the same."""

    number: int
    classes: list[ClassFigureOut]
    children: list[UnsignedChildOut]


class ReminderIn(BaseModel):
    """Remind the guardians of one school."""

    school_id: UUID


class ReminderOut(BaseModel):
    """For how many children their guardians were reminded, and for which children nobody may sign."""

    number: int
    children: int
    nobody_may_sign: list[UUID]
