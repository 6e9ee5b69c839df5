"""Which service answers a public address: decided by the first segment after ``/api/v1``."""

SEGMENTS: dict[str, tuple[str, ...]] = {
    "enrollment": (
        "schools",
        "children",
        "offerings",
        "places",
        "agreements",
        "imports",
        "approvals",
        "families",
        "public",
        "rounds",
        "waiting-list",
        "swaps",
        "calendar",
        "menu",
        "timetables",
        "partners",
        "collectors",
        "requests",
        "exports",
    ),
    "attendance": (
        "days",
        "hand-overs",
        "scans",
        "passes",
        "releases",
        "stays",
        "missing",
        "late-cases",
        "boards",
    ),
    "notifications": ("messages", "credits"),
}
"""Everything else under ``/api/v1`` is the gateway's own."""

DOOR = {segment: service for service, segments in SEGMENTS.items() for segment in segments}
