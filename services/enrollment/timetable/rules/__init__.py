"""Pure judgements of a proposed timetable."""
