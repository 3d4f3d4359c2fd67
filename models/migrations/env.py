"""What Alembic runs: the scripts, on the connection that `upgrade` hands over."""

from alembic import context

from models.migrations import OPTIONS

context.configure(connection=context.config.attributes["connection"], **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
