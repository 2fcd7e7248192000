"""A plain row has the columns of the mapped class, is written whole, and is nobody's to flush."""

from sqlalchemy import Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pq_common.db.plain_rows import Insert, plain
from pq_common.db.session import Database
from pq_common.testing.fixtures import DatabaseFor, administer


class Row(DeclarativeBase):
    """Tables of this test."""


class Thing(Row):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[str] = mapped_column("what", Text())
    note: Mapped[str | None]


PlainThing = plain(Thing)


async def test_a_plain_row_is_inserted_with_every_column(database_for: DatabaseFor) -> None:
    urls = database_for("pq_common")
    await administer(
        urls.owner,
        "CREATE TABLE thing (id int, what text, note text)",
        "GRANT SELECT, INSERT ON thing TO common_api",
    )
    database = Database(urls.api, pool_size=1)
    row = PlainThing(id=1, said="here")
    row.said = "there"
    async with database.sessions.begin() as session:
        await Insert(Thing)(session, row)
        kept = (await session.execute(text("SELECT * FROM thing"))).all()
        assert not session.new
    assert kept == [(1, "there", None)]
    await database.close()


def test_a_plain_row_keeps_no_history() -> None:
    assert vars(PlainThing(id=1)) == {"id": 1, "said": None, "note": None}
