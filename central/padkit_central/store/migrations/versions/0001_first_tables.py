"""The first tables.

Every table has a primary key made by the program, carries `entity` in its unique keys, and uses nothing that a distributed
database with a MySQL face could not do: no foreign keys, no triggers, no order by auto-increment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(36)
NAME = sa.String(64)
MOMENT = sa.String(32)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def body() -> sa.Column[bytes]:
    """Return the column for the thing itself."""
    return sa.Column("body", sa.LargeBinary, nullable=False)


def table(name: str, *columns: sa.schema.SchemaItem, unique: tuple[str, ...]) -> None:
    """Create a table with id, entity and its one unique key."""
    op.create_table(
        name, sa.Column("id", ID, primary_key=True), text("entity"), *columns, sa.UniqueConstraint("entity", *unique)
    )


def upgrade() -> None:
    """Create all tables."""
    table(
        "intake",
        *(text("kit"), text("envelope", ID), text("business"), sa.Column("sequence", sa.BigInteger, nullable=False)),
        *(text("received_at", MOMENT), body(), text("state", sa.String(16)), text("reason", sa.Text())),
        *(sa.Column("reply", sa.LargeBinary), text("answered_at", MOMENT)),
        unique=("kit", "envelope"),
    )
    op.create_index("intake_waiting", "intake", ["state", "id"], sqlite_where=sa.text("state='waiting'"))
    table(
        "quarantine",
        *(text("kit"), text("envelope"), text("digest"), text("reason", sa.String(255)), body()),
        *(sa.Column("times", sa.Integer, nullable=False), text("at", MOMENT)),
        unique=("kit", "digest", "reason"),
    )
    table(
        "submission",
        *(text("serial"), sa.Column("attempt", sa.Integer, nullable=False), text("intake", ID), text("kit")),
        *(text("service"), text("digest"), text("card_no", sa.String(19)), text("original")),
        *(text("state", sa.String(16)), text("code"), text("message", sa.Text())),
        *(sa.Column("fields", sa.LargeBinary, nullable=False), text("sent_at", MOMENT), text("ended_at", MOMENT)),
        unique=("serial", "attempt"),
    )
    op.create_index("submission_state", "submission", ["state"])
    stock()
    table(
        "policy",
        *(sa.Column("version", sa.Integer, nullable=False), body()),
        *(text("put_at", MOMENT), text("superseded_at", MOMENT)),
        unique=("version",),
    )
    table(
        "evidence",
        *(text("kit"), text("flow"), text("digest"), body(), text("received_at", MOMENT)),
        unique=("kit", "flow", "digest"),
    )
    table(
        "open_case",
        *(text("kit"), text("case_id"), text("flow"), text("voucher"), text("reason", sa.Text())),
        *(text("detail", sa.Text()), text("at", MOMENT)),
        unique=("kit", "case_id"),
    )


def stock() -> None:
    """Create the tables of the valuable blanks."""
    op.create_table(
        "slip",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("batch"), body()),
        text("checked_out_at", MOMENT),
    )
    op.create_index("slip_kit", "slip", ["entity", "kit"])
    op.create_table(
        "card",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("batch"), text("voucher")),
        *(text("product"), text("card_no", sa.String(19)), text("state", sa.String(16))),
        sa.Column("state_seq", sa.BigInteger, nullable=False, server_default="0"),
        *(sa.Column("account", sa.String(16), nullable=False, server_default="none"), text("reserved_for")),
        sa.Column("blocked", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("entity", "batch", "voucher"),
        sa.UniqueConstraint("entity", "card_no"),
    )
    table(
        "card_event",
        *(text("kit"), sa.Column("seq", sa.BigInteger, nullable=False), text("batch"), text("voucher"), body()),
        text("received_at", MOMENT),
        unique=("kit", "seq"),
    )
    table("ledger", text("kit"), sa.Column("have", sa.BigInteger, nullable=False), unique=("kit",))
