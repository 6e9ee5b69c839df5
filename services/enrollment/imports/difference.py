"""What an import would change, as an officer reads it before saying yes."""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

MOST_SHOWN = 300
"""Records of each fate that are shown; the counts and the digest are of all."""
HIDDEN = "（不在此显示）"

Fate = Literal["added", "changed", "unchanged", "missing"]


class CellChange(BaseModel):
    """A column by the sheet's word; None: nothing there. Phones are masked; secrets say only that they change."""

    model_config = ConfigDict(frozen=True)

    column: str
    old: str | None
    new: str | None


class RecordChange(BaseModel):
    """One record: ``key`` is its number or name on the sheet; ``record_id`` is None for what is not on file yet.

    ``missing`` is on file and not on the sheet: an import leaves it as it is.
    """

    model_config = ConfigDict(frozen=True)

    fate: Literal["added", "changed", "missing"]
    key: str
    name: str
    record_id: UUID | None
    cells: list[CellChange] = []


class Difference(BaseModel):
    """What would be written, and who is missing from the sheet.

    ``digest`` (SHA-256, hexadecimal) stands for all that would be written: an import that names it writes this or
    nothing.
    """

    digest: str
    added: int
    changed: int
    unchanged: int
    missing: int
    shown: list[RecordChange]


@dataclass(frozen=True)
class Shown:
    """How a column is shown: its word, how a value is said, and whether only that it changes may be told."""

    label: str
    say: Callable[[Any], str] = str
    secret: bool = False

    def cell(self, old: Any, new: Any) -> CellChange:
        """Return the change as a person reads it."""
        return CellChange(column=self.label, old=self._said(old), new=self._said(new))

    def _said(self, value: Any) -> str | None:
        if value is None or value == "":
            return None
        return HIDDEN if self.secret else self.say(value)


ON_FILE = Shown("在册", lambda removed: "已移出" if removed else "在册")
"""How ``removed`` is shown where a record comes back."""


@dataclass
class Comparing:
    """A difference in the making."""

    _counts: Counter[str] = field(default_factory=Counter)
    _shown: list[RecordChange] = field(default_factory=list)
    _digest: Any = field(default_factory=hashlib.sha256)

    def note(
        self,
        fate: Fate,
        key: str,
        name: str,
        *,
        record_id: UUID | None = None,
        cells: Sequence[CellChange] = (),
        record: object = None,
    ) -> None:
        """Count a record, show it where it differs; ``record`` is all that the sheet says of it."""
        self._counts[fate] += 1
        if fate == "unchanged":
            return
        change = RecordChange(fate=fate, key=key, name=name, record_id=record_id, cells=list(cells))
        if fate != "missing":
            self._digest.update(f"{change.model_dump_json()}\0{record!r}\0".encode())
        if self._counts[fate] <= MOST_SHOWN:
            self._shown.append(change)

    def difference(self) -> Difference:
        """Return what was noted so far."""
        counts = {fate: self._counts[fate] for fate in ("added", "changed", "unchanged", "missing")}
        return Difference(digest=self._digest.hexdigest(), shown=self._shown, **counts)


@dataclass(frozen=True)
class Compared:
    """A sheet held against what is on file: what would change, and how it is written."""

    difference: Difference
    write: Callable[[], Awaitable[object]]


def masked(phone: str) -> str:
    """138****1234: enough to recognise a phone that one knows."""
    return f"{phone[:3]}****{phone[-4:]}"


def cells_of(
    shown: Mapping[str, Shown], known: Mapping[str, Any], values: Mapping[str, Any]
) -> list[CellChange]:
    """Return the cells of the columns that are shown and differ from what is ``known``; of a new row, what it has."""
    pairs = ((one, known.get(name), values[name]) for name, one in shown.items() if name in values)
    return [one.cell(old, new) for one, old, new in pairs if old != new and (known or new)]
