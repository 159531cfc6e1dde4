"""Stamps of the bank's seal on receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "voucher",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("serial"), text("digest")),
        sa.Column("stamp", sa.LargeBinary(1 << 20), nullable=False),
        text("sealed_at", ID),
        sa.UniqueConstraint("entity", "serial"),
    )
