"""Plain pages for everybody: where to look, what a school offers (R02)."""
