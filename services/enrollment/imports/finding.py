"""What an import says about a row, and the whole report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from services.enrollment.imports.difference import Difference
from services.enrollment.imports.spool import Spool


class Severity(StrEnum):
    """What becomes of the row, mildest first."""

    ACCEPTED = "accepted"
    """Taken, and put right on the way."""
    SKIPPED = "skipped"
    """No row of data."""
    WARNING = "warning"
    """Taken, with something left out or doubtful."""
    QUESTION = "question"
    """Taken, and the officer has to answer something."""
    BLOCKING = "blocking"
    """Taken as a draft that cannot be published as it stands."""
    REJECTED = "rejected"
    """Not taken."""


class Finding(BaseModel):
    """One thing to know about one row (as Excel numbers it; None: the whole file).

    ``others`` are rows that it also concerns; ``rule`` and ``clause`` name the policy where it is the reason.
    """

    model_config = ConfigDict(frozen=True)

    row: int | None
    severity: Severity
    code: str
    sentence: str
    others: tuple[int, ...] = ()
    rule: str | None = None
    clause: str | None = None


class Report(BaseModel):
    """What an import found and did.

    ``rows`` counts rows of data (neither empty nor a total); ``taken`` those that were, or in a dry run would
    be, written. ``added``, ``changed`` and ``unchanged`` are records against what is on file; ``difference`` shows
    them, and who is missing from the sheet.
    """

    kind: str
    file_name: str
    dry_run: bool
    written: bool
    rows: int
    taken: int
    rejected: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    difference: Difference | None = None
    findings: list[Finding]
    counts: dict[str, int]


Record = TypeVar("Record")


@dataclass
class Reading(Generic[Record]):
    """What was understood of a sheet: the records that can be taken, and what is to be said."""

    rows: int = 0
    records: Spool[Record] = field(default_factory=Spool)
    findings: list[Finding] = field(default_factory=list)

    def rejected_rows(self) -> set[int]:
        """Rows that cannot be taken."""
        return {f.row for f in self.findings if f.severity is Severity.REJECTED and f.row is not None}

    def report(self, kind: str, file_name: str, *, dry_run: bool) -> Report:
        """Shape the report of a file that was read and not yet written."""
        rejected = len(self.rejected_rows())
        return Report(
            kind=kind,
            file_name=file_name,
            dry_run=dry_run,
            written=False,
            rows=self.rows,
            taken=len(self.records),
            rejected=rejected,
            findings=in_order(self.findings),
            counts=dict(Counter(finding.severity.value for finding in self.findings)),
        )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by row; what concerns the whole file comes last."""
    return sorted(findings, key=lambda f: (f.row is None, f.row or 0, f.code))


def rows_text(rows: Sequence[int]) -> str:
    """Name rows in a sentence: ``第3、51行``."""
    return f"第{'、'.join(str(row) for row in rows)}行"
