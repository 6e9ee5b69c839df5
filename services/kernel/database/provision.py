"""Prepare a server: two roles, one database per service, and what each role may do there.

``kehou_owner`` owns databases and tables and runs migrations; ``kehou_app`` reads and writes rows and can change
no table. Works on the embedded server and on any PostgreSQL 15 or newer whose administrator may create roles and
databases. Running it again, or twice at once, changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

from services.kernel.keep_secret import keep_secret
from services.kernel.unable import Unable

OWNER = "kehou_owner"
APP = "kehou_app"
SERVICES = ("enrollment", "attendance", "notifications", "gateway")
"""The services that keep a database."""

PROVISION_LOCK = 0x6B65686F75
"""Key of the advisory lock that lines up concurrent runs on one server ("kehou")."""
OLDEST = 15
BUILTIN_LOCALES = 17
"""Major versions: what we need at least, and since when locales do not depend on the server's C library."""

APP_MAY = f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {APP};
"""
"""Said as the owner in each database: what the app may do with whatever the owner makes there later."""


@dataclass(frozen=True)
class ServiceUrls:
    """SQLAlchemy URLs (``postgresql+asyncpg://…``) of one service's database, as either role; with passwords."""

    owner: str
    app: str


async def provision(
    admin_url: str, secrets_dir: Path, *, services: Iterable[str] = SERVICES, prefix: str = "kehou_"
) -> Mapping[str, ServiceUrls]:
    """Create roles and the databases ``<prefix><service>``; return each service's URLs.

    The roles' passwords are made once and kept in ``secrets_dir`` (mode 600). Roles that exist with other
    passwords are given ours.

    Raises:
        Unable: the server cannot be reached, is too old, or its administrator may not do this.
    """
    admin = make_url(admin_url)
    passwords = {role: keep_secret(secrets_dir / f"{role}.password") for role in (OWNER, APP)}
    urls = {}
    async with _connected(admin) as connection, _alone(connection):
        if connection.get_server_version().major < OLDEST:
            raise Unable(f"The server at {_place(admin)} is older than PostgreSQL 15: use a newer one.")
        for role, password in passwords.items():
            await _make_role(connection, admin, role, password)
        for service in services:
            name = f"{prefix}{service}"
            await _make_database(connection, name)
            urls[service] = ServiceUrls(
                owner=_role_url(admin, name, OWNER, passwords[OWNER]),
                app=_role_url(admin, name, APP, passwords[APP]),
            )
            async with _connected(make_url(urls[service].owner)) as owner:
                await owner.execute(APP_MAY)
    return urls


async def connect(url: str | URL) -> asyncpg.Connection:
    """Open one asyncpg connection for an SQLAlchemy URL; query words (``ssl``, ``host``) become arguments."""
    told = _spoken(make_url(url))
    arguments = told.translate_connect_args(username="user") | dict(told.query)
    return await asyncpg.connect(**arguments)


async def _make_role(connection: asyncpg.Connection, admin: URL, role: str, password: str) -> None:
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    if known and await _opens(admin, role, password):
        return
    # Role statements take no parameters. The password is 64 hex digits of our own making.
    verb = "ALTER" if known else "CREATE"
    await connection.execute(f"{verb} ROLE {role} LOGIN PASSWORD '{password}'")
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await connection.execute(f"GRANT {role} TO CURRENT_USER")


async def _opens(admin: URL, role: str, password: str) -> bool:
    """Tell whether the role already has our password."""
    try:
        probe = await connect(admin.set(username=role, password=password))
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        return False
    await probe.close()
    return True


async def _make_database(connection: asyncpg.Connection, name: str) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        # The same order everywhere: by code point (lists of names sort by a stored pinyin column).
        locale = "LOCALE 'C.UTF-8'"
        if connection.get_server_version().major >= BUILTIN_LOCALES:
            locale = "LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        await connection.execute(
            f"CREATE DATABASE \"{name}\" OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' {locale}"
        )
    await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {APP}')


def _role_url(admin: URL, database: str, role: str, password: str) -> str:
    url = _spoken(admin).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)


def _spoken(url: URL) -> URL:
    """Return the URL in asyncpg's words: its driver, and ``ssl`` for libpq's ``sslmode``."""
    query = dict(url.query)
    if (mode := query.pop("sslmode", None)) is not None:
        query.setdefault("ssl", mode)
    return url.set(drivername="postgresql+asyncpg", query=query)


def _place(url: URL) -> str:
    return f"{url.host or 'the local socket'}:{url.port or 5432}"


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await connect(url)
    except (OSError, asyncpg.PostgresError, TimeoutError) as fault:
        raise Unable(
            f"PostgreSQL at {_place(url)} does not let us in ({fault}): check KEHOU_POSTGRES_URL."
        ) from fault
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as fault:
        raise Unable(
            f"{url.username} at {_place(url)} may not do this ({fault}): KEHOU_POSTGRES_URL needs a user that "
            "may create roles and databases."
        ) from fault
    finally:
        await connection.close()


@asynccontextmanager
async def _alone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the server-wide lock; it ends with the connection."""
    await connection.execute("SELECT pg_advisory_lock($1)", PROVISION_LOCK)
    yield
