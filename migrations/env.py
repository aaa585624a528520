"""Alembic's entry: runs migrations on the engine it is handed."""

from alembic import context

import app.accounts.models
import app.audit.models
import app.checks.models
import app.debriefs.models
import app.exposure.models
import app.feeds.models
import app.figures.models
import app.incidents.models
import app.major.models
import app.notifications.models
import app.packs.models
import app.people.models
import app.rights.models
import app.scheduling.models
import app.security.models
import app.support.models  # noqa: F401
from app.database import metadata


def run() -> None:
    """Migrate on the connection given by ``app.migrate``, which owns the transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    context.run_migrations()


run()
