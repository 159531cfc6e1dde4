"""Risk: sets of rules, each kit's state, changes of level, what people said of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def number(name: str) -> sa.Column[int]:
    """Return a number that is never null."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "risk_set",
        *(sa.Column("id", ID, primary_key=True), text("entity"), number("number"), text("state", sa.String(16))),
        *(text("body", sa.Text()), text("digest"), text("reason", sa.Text()), text("put_by"), text("put_at", ID)),
        sa.UniqueConstraint("entity", "number"),
    )
    op.create_table(
        "risk_kit",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("digest")),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("entity", "kit", "digest"),
    )
    op.create_table(
        "risk_change",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), number("at"), number("shadow")),
        *(number("before"), number("after"), sa.Column("score", sa.Float, nullable=False), number("fact")),
        *(text("digest"), sa.Column("why", sa.LargeBinary, nullable=False), text("measures"), number("locks")),
        *(text("action", sa.String(16)), text("detail", sa.Text())),
    )
    op.create_index("risk_change_kit", "risk_change", ["entity", "kit"])
    op.create_index("risk_change_action", "risk_change", ["action", "at"])
    op.create_table(
        "risk_word",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), number("override"), number("level")),
        *(text("reason", sa.Text()), text("who"), number("at"), number("until")),
    )
    op.create_index("risk_word_kit", "risk_word", ["entity", "kit"])
