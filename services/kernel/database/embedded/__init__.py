"""PostgreSQL from a Python wheel, started by ourselves: no installed server, nothing left behind."""

from services.kernel.database.embedded.launch import AdminUrl, EmbeddedPostgres

__all__ = ["AdminUrl", "EmbeddedPostgres"]
