"""Users: who may decide at central."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def number(name: str) -> sa.Column[int]:
    """Return a number column that is never null."""
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "central_user",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("mark"), text("name"), text("role")),
        *(number("level"), text("reports_to"), number("disabled")),
        sa.UniqueConstraint("entity", "mark"),
    )
