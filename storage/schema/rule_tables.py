"""Tables of the operators' watch over the rules.

rule_notices  the platform's notices about the rules of the catalogue, by the list's id; `told_at`: to the operators
rule_lists  lists of notices, by file or address; `read_at`: the last reading, before the first the first try;
    `told_at`: when the operators were told that the list can't be read, null while it can
reminders  what operators are told again after a while, and when they were told last
"""

from sqlalchemy import BigInteger, Column, String, Table

from storage.schema.base import metadata

rule_notices = Table(
    "rule_notices",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("told_at", BigInteger),
)

rule_lists = Table(
    "rule_lists",
    metadata,
    Column("place", String(500), primary_key=True),
    Column("read_at", BigInteger, nullable=False),
    Column("told_at", BigInteger),
)

reminders = Table(
    "reminders",
    metadata,
    Column("about", String(600), primary_key=True),
    Column("told_at", BigInteger, nullable=False),
)
