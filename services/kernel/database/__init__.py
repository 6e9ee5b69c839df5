"""PostgreSQL: how it is started, divided, migrated, and how a transaction carries its caller's scope."""
