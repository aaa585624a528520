"""What a login of PostgreSQL needs so that it reads published figures, and nothing else."""

from app.disclosure.store import ALL, State, release


def reader_rights(login: str) -> list[str]:
    """Statements for the owner of the release store to run. What waits for approval, was refused or
    failed is not there for this login."""
    name = '"' + login.replace('"', '""') + '"'
    published = f"state = '{State.PUBLISHED.value}'"
    shown = f"release IN (SELECT number FROM {release.name} WHERE {published})"  # noqa: S608
    found = [f"GRANT USAGE ON SCHEMA public TO {name};"]
    for table in ALL:
        which = published if table is release else shown
        found += [
            f"GRANT SELECT ON {table.name} TO {name};",
            f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY;",
            f"DROP POLICY IF EXISTS published ON {table.name};",
            f"CREATE POLICY published ON {table.name} FOR SELECT TO {name} USING ({which});",
        ]
    return found
