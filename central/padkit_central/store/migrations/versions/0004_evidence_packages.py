"""Evidence packages: uploads, their pieces, and what is expected by when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.String(36)
NAME = sa.String(64)


def text(name: str, kind: sa.types.TypeEngine[str] = NAME) -> sa.Column[str]:
    """Return a text column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default="")


def number(name: str) -> sa.Column[int]:
    """Return a number column that is never null."""
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "evidence_upload",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("seal")),
        *(number("size"), number("have"), text("state", sa.String(16)), text("package", ID), text("flow", ID)),
        *(number("number"), text("digest"), text("previous"), text("findings", sa.Text()), text("touched_at", ID)),
        sa.UniqueConstraint("entity", "kit", "seal"),
    )
    op.create_index("evidence_upload_number", "evidence_upload", ["entity", "kit", "number"])
    op.create_index("evidence_upload_flow", "evidence_upload", ["entity", "kit", "flow"])
    op.create_table(
        "evidence_piece",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("upload", ID)),
        *(sa.Column("place", sa.Integer, nullable=False), sa.Column("body", sa.LargeBinary, nullable=False)),
        sa.UniqueConstraint("entity", "upload", "place"),
    )
    op.create_table(
        "evidence_expected",
        *(sa.Column("id", ID, primary_key=True), text("entity"), text("kit"), text("flow", ID)),
        *(text("due_at", ID), number("late")),
        sa.UniqueConstraint("entity", "kit", "flow"),
    )
