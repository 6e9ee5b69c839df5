"""The two shapes of the wire: a model that crosses it, and a fact that is told."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

Instant = Annotated[datetime, AwareDatetime]
"""An instant with its offset; UTC on the wire."""


class Wire(BaseModel):
    """Frozen; readers ignore fields they do not know, so that a sender may add optional ones within v1."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Wire):
    """Something that happened, told to whoever `READERS` names. Ids, versions and instants; never a name or a phone."""

    READERS: ClassVar[tuple[str, ...]] = ()
    """The services that hear this fact."""
    PATIENCE: ClassVar[timedelta] = timedelta()
    """How long it may wait for company on its way (real time)."""

    kind: str
    at: AwareDatetime

    def schools(self) -> tuple[UUID, ...]:
        """Return the schools whose rows a reader touches: the scope of its transaction."""
        school_id = getattr(self, "school_id", None)
        return (school_id,) if school_id is not None else ()
