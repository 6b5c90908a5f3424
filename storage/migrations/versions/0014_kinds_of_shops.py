"""The kind of shop "enterprise" was told of two kinds, which are held to different rules: such answers are asked again.

The answer stays in the history, under a value that no edition has as an option.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE, AFTER = '"enterprise"', '"specialty_or_enterprise"'


def upgrade() -> None:
    _replace(BEFORE, AFTER)


def downgrade() -> None:
    _replace(AFTER, BEFORE)


def _replace(old: str, new: str) -> None:
    facts = sa.table("facts", sa.column("fact", sa.String), sa.column("value", sa.Text))
    its = facts.c.fact == "shop_type", facts.c.value == old
    op.execute(facts.update().where(*its).values(value=new))
