"""What online checks of customers found."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "check_result",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("serial"), text("name")),
        *(text("verdict", sa.String(16)), text("code"), text("at", ID), text("mark"), text("system_serial")),
        sa.UniqueConstraint("entity", "serial", "name"),
    )
