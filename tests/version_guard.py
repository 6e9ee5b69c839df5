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

FUNCTIONS = """
CREATE TABLE version_owed (tx text, owing text, key jsonb);
GRANT SELECT, INSERT, DELETE ON version_owed TO PUBLIC;

CREATE FUNCTION guard_version() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    own jsonb := to_jsonb(NEW);
    stamped boolean;
    changed boolean := TG_OP = 'INSERT';
    here jsonb;
    me text := pg_current_xact_id()::text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a row of % was deleted: its copies will never hear of it', TG_TABLE_NAME;
    END IF;
    SELECT jsonb_object_agg(name, own -> name) INTO here FROM unnest(string_to_array(TG_ARGV[0], ' ')) AS name;
    SELECT version = NEW.version AND stamped_by = me INTO stamped FROM school_version WHERE school_id = NEW.school_id;
    IF stamped OR (TG_TABLE_NAME = 'offering' AND own ->> 'state' = 'draft') THEN
        DELETE FROM version_owed WHERE tx = me AND owing = TG_TABLE_NAME AND key = here;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT bool_or(own -> name IS DISTINCT FROM to_jsonb(OLD) -> name) INTO changed
          FROM unnest(string_to_array(TG_ARGV[1], ' ')) AS name;
    END IF;
    IF changed THEN
        INSERT INTO version_owed VALUES (me, TG_TABLE_NAME, here);
    END IF;
    RETURN NULL;
END
$guard$;

CREATE FUNCTION version_still_owed() RETURNS trigger LANGUAGE plpgsql AS $owed$
BEGIN
    IF EXISTS (SELECT FROM version_owed WHERE tx = NEW.tx AND owing = NEW.owing AND key = NEW.key) THEN
        RAISE EXCEPTION 'a row of % changed without a version: take_version first (%)', NEW.owing, NEW.key;
    END IF;
    RETURN NULL;
END
$owed$;

CREATE CONSTRAINT TRIGGER version_still_owed AFTER INSERT ON version_owed
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION version_still_owed();
"""
"""A row may be written first and numbered in the same transaction: what counts is how it stands at the commit."""


def copied_columns(table: str) -> list[str]:
    """Return the columns of which a copy hears."""
    known = {column.name for column in metadata.tables[table].columns}
    fields = known & {*ENTRIES[table].model_fields, *BESIDE.get(table, ())}
    return sorted(fields - {"school_id"})


async def guard_versions(owner_url: str) -> None:
    """Put the guard on every copied table."""
    connection = await connect(owner_url)
    try:
        await connection.execute(FUNCTIONS)
        for table in COPIED:
            key = " ".join(column.name for column in metadata.tables[table].primary_key)
            await connection.execute(
                f"CREATE TRIGGER guard_version AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"
                f" EXECUTE FUNCTION guard_version('{key}', '{' '.join(copied_columns(table))}')"
            )
    finally:
        await connection.close()
