"""Judge the rows of a list of rooms (场地). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.enrollment.imports.finding import Reading, rows_text
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement, repeated_in

FORM = Form("场地", ("地点", "容量"))


@dataclass(frozen=True)
class RoomRecord:
    """A room that can be taken."""

    row: int
    name: str
    capacity: int


def judge_rooms(rows: Iterable[Row]) -> Reading[RoomRecord]:
    """Judge every row: a name of its own and a capacity above zero."""
    reading: Reading[RoomRecord] = Reading()
    repeated = repeated_in(rows, "地点")
    for row in rows:
        judging = RowJudgement(row)
        if not judging.is_no_data("地点"):
            reading.rows += 1
            name, capacity = row["地点"].strip(), plain.count_of(row["容量"])
            others = tuple(n for n in repeated.get(plain.plain(name), ()) if n != row.number)
            if not name:
                judging.reject("room_name_missing", "没有地点名称。")
            if not capacity:
                judging.reject("capacity_unknown", f"看不懂容量“{row['容量']}”。")
            if others:
                judging.reject("room_twice", f"地点“{name}”与{rows_text(others)}重复。", others)
            if not judging.rejected and capacity:
                reading.records.append(RoomRecord(row.number, name, capacity))
        reading.findings += judging.findings
    return reading
