"""A guard in enrollment's database: no row that others copy may change under an old version, and none may vanish.

The copies follow by version, so such a change would never reach them. Only tests carry it: it judges the code, and in
production the doctor's comparison looks at the outcome.
"""

from services.contracts.internal import enrollment as wire
from services.contracts.wire import Wire
from services.enrollment.registry import metadata
from services.enrollment.roster.page_bounds import COPIED
from services.kernel.database.provision import connect

ENTRIES: dict[str, type[Wire]] = {
    "term": wire.TermEntry,
    "child": wire.ChildEntry,
    "staff": wire.StaffEntry,
    "room": wire.RoomEntry,
    "guardian": wire.GuardianEntry,
    "guardianship": wire.GuardianshipEntry,
    "collector": wire.CollectorEntry,
    "blocked_person": wire.BlockedEntry,
    "self_release_permission": wire.SelfReleaseEntry,
    "offering": wire.OfferingEntry,
    "place": wire.PlaceEntry,
    "agreement_text": wire.SchoolEntry,
}
BESIDE = {"offering": ("state",), "term": ("days",)}
"""Columns from which an entry's other fields come; a sealed phone looks different each time and is left out."""

FUNCTION = """
CREATE FUNCTION guard_version() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    stamped boolean;
    copied text;
    changed boolean := TG_OP = 'INSERT';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a row of % was deleted: its copies will never hear of it', TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        FOREACH copied IN ARRAY TG_ARGV LOOP
            changed := changed OR to_jsonb(OLD) -> copied IS DISTINCT FROM to_jsonb(NEW) -> copied;
        END LOOP;
    END IF;
    -- A fresh row may be numbered in the same breath: that write is looked at.
    IF NOT changed OR NEW.version = 0 OR (TG_TABLE_NAME = 'offering' AND to_jsonb(NEW) ->> 'state' = 'draft') THEN
        RETURN NULL;
    END IF;
    SELECT version = NEW.version AND stamped_by = pg_current_xact_id()::text INTO stamped
      FROM school_version WHERE school_id = NEW.school_id;
    IF stamped IS NOT TRUE THEN
        RAISE EXCEPTION 'a row of % changed under the old version %: take_version first', TG_TABLE_NAME, NEW.version;
    END IF;
    RETURN NULL;
END
$guard$
"""


def copied_columns(table: str) -> list[str]:
    """Return the columns of which a copy hears."""
    known = {column.name for column in metadata.tables[table].columns}
    fields = known & {*ENTRIES[table].model_fields, *BESIDE.get(table, ())}
    return sorted(fields - {"school_id"})


async def guard_versions(owner_url: str) -> None:
    """Put the guard on every copied table."""
    connection = await connect(owner_url)
    try:
        await connection.execute(FUNCTION)
        for table in COPIED:
            columns = ", ".join(f"'{column}'" for column in copied_columns(table))
            await connection.execute(
                f"CREATE TRIGGER guard_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION guard_version({columns})"
            )
    finally:
        await connection.close()
