"""What Alembic runs. The connection is the one on which `store.schema` holds the lock."""

from alembic import context

from safezone.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
