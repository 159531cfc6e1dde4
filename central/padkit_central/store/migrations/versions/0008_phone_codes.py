"""Codes on customers' telephones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

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
        "phone_code",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("serial"), text("mark")),
        sa.Column("mac_key", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *(text("made_at", ID), number("sent"), number("tries"), number("used")),
        sa.UniqueConstraint("entity", "serial"),
    )
