"""Enrollment: schools, families, menus, places and agreements."""
