"""Requests for authorisation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "authorisation",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("authorisation", ID)),
        *(text("serial"), sa.Column("round", sa.Integer, nullable=False), text("state", sa.String(16))),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("entity", "kit", "serial", "round"),
        sa.UniqueConstraint("entity", "authorisation"),
    )
    op.create_index("authorisation_state", "authorisation", ["entity", "state"])
