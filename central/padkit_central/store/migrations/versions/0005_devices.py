"""Peripherals and their histories."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.String(36)
NAME = sa.String(64)
PLACE = sa.String(130)  # KIT/device


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "device",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("model"), text("serial"), text("place", PLACE)),
        *(text("state", sa.String(16)), text("kit"), text("since", ID), text("left_at", ID), text("plugin")),
        *(text("firmware"), text("claimed_by"), text("reason", sa.Text())),
        sa.UniqueConstraint("entity", "model", "serial", "place"),
    )
    op.create_index("device_kit", "device", ["entity", "kit"])
    op.create_table(
        "device_event",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("model"), text("serial"), text("place", PLACE)),
        *(text("at", ID), text("what", sa.String(16)), text("kit"), text("before"), text("detail", sa.Text())),
        text("who"),
    )
    op.create_index("device_event_device", "device_event", ["entity", "model", "serial", "place"])
    op.create_index("device_event_kit", "device_event", ["entity", "kit"])
    op.create_index("device_event_before", "device_event", ["entity", "before"])
