"""One row under judgement: what is said of it gathers here. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.enrollment.imports.finding import Finding, Severity
from services.enrollment.imports.read_sheet import Row
from services.enrollment.imports.rules import plain_cells as plain

TOTALS = ("合计", "总计", "小计", "共计")


@dataclass
class RowJudgement:
    """Findings of one row."""

    row: Row
    findings: list[Finding] = field(default_factory=list)

    def say(self, severity: Severity, code: str, sentence: str, others: tuple[int, ...] = ()) -> None:
        """Note something."""
        self.findings.append(
            Finding(row=self.row.number, severity=severity, code=code, sentence=sentence, others=others)
        )

    def reject(self, code: str, sentence: str, others: tuple[int, ...] = ()) -> None:
        """Note why the row cannot be taken."""
        self.say(Severity.REJECTED, code, sentence, others)

    def put_right(self, code: str, sentence: str) -> None:
        """Note what was taken in another form than it was written in."""
        self.say(Severity.ACCEPTED, code, sentence)

    @property
    def rejected(self) -> bool:
        """Whether anything speaks against taking the row."""
        return any(finding.severity is Severity.REJECTED for finding in self.findings)

    def is_no_data(self, *columns: str) -> bool:
        """Whether the row is empty or a total (a total's word stands in one of ``columns``); notes it if so."""
        if self.row.is_empty():
            self.say(Severity.SKIPPED, "empty_row", "空行，已跳过。")
            return True
        if any(plain.plain(self.row[column]) in TOTALS for column in columns):
            self.say(Severity.SKIPPED, "total_line", "这是合计行，不是数据，已跳过。")
            return True
        return False


def repeated_in(rows: Iterable[Row], column: str) -> dict[str, list[int]]:
    """Return the row numbers of every value that stands in ``column`` more than once; looks at the rows twice."""
    twice = seen_twice(plain.plain(row[column]) for row in rows)
    where: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if (value := plain.plain(row[column])) and hash(value) in twice:
            where[value].append(row.number)
    return {value: found for value, found in where.items() if len(found) > 1}


def seen_twice(texts: Iterable[str]) -> set[int]:
    """Return the hashes of texts that come more than once: a few bytes each, not the texts of a whole sheet.

    Two texts may share a hash, so whoever asks looks again at the few that are found.
    """
    seen: set[int] = set()
    twice: set[int] = set()
    for text in texts:
        (twice if hash(text) in seen else seen).add(hash(text))
    return twice
