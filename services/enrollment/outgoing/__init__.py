"""Lists and rosters out, in the form in which they came in."""
