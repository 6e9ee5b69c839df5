"""A proposed timetable: rooms and hours for a set of offerings."""
