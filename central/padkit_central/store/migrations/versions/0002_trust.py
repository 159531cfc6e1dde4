"""Kits and their certificates, enrolment codes, commands with approvals and targets, the kits' chains, the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.String(36)
NAME = sa.String(64)
MOMENT = sa.String(32)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def number(name: str) -> sa.Column[int]:
    """Return a whole number that is never null."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def blob(name: str) -> sa.Column[bytes]:
    """Return bytes that are never null."""
    return sa.Column(name, sa.LargeBinary, nullable=False, server_default=sa.text("''"))


def table(name: str, *columns: sa.schema.SchemaItem, unique: tuple[str, ...]) -> None:
    """Create a table with id, entity and its one unique key."""
    op.create_table(
        name, sa.Column("id", ID, primary_key=True), text("entity"), *columns, sa.UniqueConstraint("entity", *unique)
    )


def upgrade() -> None:
    """Create all tables."""
    identity()
    commands()
    table(
        "chain",
        *(text("kit"), number("seq"), text("envelope", ID), text("previous"), text("link"), text("at", MOMENT)),
        text("how", sa.String(8)),
        unique=("kit", "seq"),
    )
    for column in ("envelope", "previous", "link"):
        op.create_index(f"chain_{column}", "chain", ["entity", "kit", column, "seq"])
    table("chain_kit", *(text("kit"), number("have"), number("top")), unique=("kit",))
    table(
        "audit",
        *(
            number("number"),
            text("who"),
            text("what"),
            blob("body"),
            text("at", MOMENT),
            text("previous"),
            text("link"),
        ),
        unique=("number",),
    )


def identity() -> None:
    """Create what is known of a kit, its certificates and its codes."""
    table(
        "kit",
        *(text("kit"), text("state", sa.String(16)), text("reason", sa.Text()), blob("holder")),
        *(text("traits", sa.Text()), blob("escrow"), text("standing", sa.Text()), text("standing_at", MOMENT)),
        *(text("seen_at", MOMENT), text("changed_at", MOMENT), text("enrolled_at", MOMENT), number("command_seq")),
        text("contact_at", MOMENT),
        unique=("kit",),
    )
    table(
        "certificate",
        *(text("kit"), text("serial"), text("usage", sa.String(16)), blob("body"), text("issued_at", MOMENT)),
        *(text("not_after", MOMENT), text("revoked_at", MOMENT), text("reason", sa.Text()), text("request")),
        unique=("serial",),
    )
    op.create_index("certificate_kit", "certificate", ["entity", "kit"])
    table(
        "enrol_code",
        *(text("kit"), text("code_id"), blob("mac_key"), text("made_by"), text("made_at", MOMENT)),
        *(text("expires_at", MOMENT), text("used_at", MOMENT), number("tries"), text("request")),
        unique=("kit", "code_id"),
    )


def commands() -> None:
    """Create orders, their approvals, and one target for each kit of an order."""
    table(
        "command",
        *(text("command", ID), text("kind", sa.String(24)), blob("body"), text("reason", sa.Text())),
        *(text("asked_by"), blob("asked_signature"), text("asked_at", MOMENT)),
        *(number("not_before"), number("expires"), number("needs")),
        unique=("command",),
    )
    table(
        "approval",
        *(text("command", ID), text("approver"), blob("signature"), text("at", MOMENT)),
        unique=("command", "approver"),
    )
    table(
        "target",
        *(text("command", ID), text("kit"), text("kind", sa.String(24)), number("seq"), text("state", sa.String(16))),
        *(text("code"), text("detail", sa.Text()), number("tries"), text("next_try_at", MOMENT)),
        *(text("asked_at", MOMENT), text("queued_at", MOMENT), text("sent_at", MOMENT)),
        *(text("received_at", MOMENT), text("ended_at", MOMENT)),
        unique=("command", "kit"),
    )
    op.create_index("target_kit", "target", ["entity", "kit", "state"])
    op.create_index("target_state", "target", ["state"])
    table(
        "unlock_code",
        *(text("kit"), text("challenge"), text("cause"), text("pair"), text("at", MOMENT)),
        unique=("kit", "challenge"),
    )
    table(
        "support_bundle",
        *(text("kit"), text("digest"), blob("body"), text("received_at", MOMENT)),
        unique=("kit", "digest"),
    )
