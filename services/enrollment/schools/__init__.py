"""A school, its terms, staff and rooms."""
