"""Cells are written as an import reads them, and no post gives more than somebody has."""

from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.outgoing.rules.cells import grades_cell, posts_cell, weekdays_cell, yuan_cell


def test_a_post_gives_no_more_than_somebody_has() -> None:
    assert posts_cell(["teacher"], homeroom=True) == "班主任"
    assert posts_cell(["teacher", "duty_leader"], homeroom=False) == "任课教师、值班领导"
    assert posts_cell(["school_admin"], homeroom=False) == ""
    assert posts_cell(["enrolment_officer", "school_admin"], homeroom=False) == "课后服务管理员"


def test_every_cell_is_read_back_as_it_was() -> None:
    for grades in ([1], [1, 2], [1, 3], [1, 2, 3, 4, 5, 6], [7, 8, 9]):
        assert plain.grades_of(grades_cell(grades)) == tuple(grades)
    for days in ([1], [1, 3, 5], [6, 7]):
        assert plain.weekdays_of(weekdays_cell(days)) == tuple(days)
    for fen in (0, 2000, 1250, 5):
        assert plain.fen_of(str(yuan_cell(fen))) == fen
