"""SQL-001: values put into the text of a statement, and statements that only look so."""

from typing import Final

from sluice.commands.gate_proof.edits import at_end, in_function, in_handler, new_file
from sluice.commands.gate_proof.mutation import Operator, variants

_TEXT = "from sqlalchemy import text"
_PLANTS = {
    "joined": at_end(
        """
        def pick(cursor, names: list[str]):
            §return cursor.execute("SELECT id FROM users WHERE name IN ('" + "','".join(names) + "')")
        """
    ),
    "pandas": at_end(
        """
        def frame(connection, name: str):
            §return pd.read_sql(f"SELECT * FROM users WHERE name = '{name}'", connection)
        """,
        imports="import pandas as pd",
    ),
    "f-string": at_end(
        """
        def by_name(cursor, name: str):
            §return cursor.execute(f"SELECT id FROM users WHERE name = '{name}'")
        """
    ),
    "per cent": at_end(
        """
        def by_mail(cursor, mail: str):
            §cursor.execute("SELECT id FROM users WHERE mail = '%s'" % mail)
        """
    ),
    "format": at_end(
        """
        def remove(connection, number: str):
            §connection.execute("DELETE FROM orders WHERE id = {}".format(number))
        """
    ),
    "plus": at_end(
        """
        def rename(connection, name: str):
            §connection.execute("UPDATE users SET name = '" + name + "'")
        """
    ),
    "kept in a variable": at_end(
        """
        def find_all(cursor, state: str):
            §query = f"SELECT * FROM orders WHERE state = '{state}'"
            §cursor.execute(query)
            return cursor.fetchall()
        """
    ),
    "appended": at_end(
        """
        def search_rows(cursor, word: str):
            query = "SELECT * FROM items WHERE 1 = 1"
            §query += f" AND title LIKE '%{word}%'"
            §cursor.execute(query)
        """
    ),
    "text of SQLAlchemy": at_end(
        """
        def counted(session, table: str, owner: str):
            §return session.execute(text(f"SELECT count(*) FROM invoices WHERE owner = '{owner}'"))
        """,
        imports=_TEXT,
    ),
    "text with format": at_end(
        """
        def latest(session, owner: str):
            §return session.scalars(text("SELECT id FROM invoices WHERE owner = '{0}'".format(owner)))
        """,
        imports=_TEXT,
    ),
    "several lines": at_end(
        '''
        def report(cursor, year: str):
            §cursor.execute(
                f"""
                SELECT sum(cents)
                FROM invoices
                WHERE year = {year}
                """
            )
        '''
    ),
    "executemany": at_end(
        """
        def load(cursor, table: str, rows):
            §cursor.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
        """
    ),
    "asynchronous": at_end(
        """
        async def fetch_user(pool, name: str):
            §return await pool.fetchrow(f"SELECT * FROM users WHERE name = '{name}'")
        """
    ),
    "order by": at_end(
        """
        def ordered(cursor, column: str):
            §return cursor.execute(f"SELECT id FROM users ORDER BY {column}")
        """
    ),
    "handler": in_handler(
        "§connection.execute(f\"SELECT 1 FROM tokens WHERE value = '{request.headers['x-token']}'\")"
    ),
    "lower case": at_end(
        """
        def lower(cursor, name: str):
            §cursor.execute("select id from users where name = '" + name + "' limit 1")
        """
    ),
}
_TWINS = {
    "bound": at_end(
        """
        def bound(cursor, name: str):
            return cursor.execute("SELECT id FROM users WHERE name = %s", (name,))
        """
    ),
    "named": at_end(
        """
        def named(session, name: str):
            return session.execute(text("SELECT id FROM users WHERE name = :name"), {"name": name})
        """,
        imports=_TEXT,
    ),
    "pieces of constants": at_end(
        """
        COLUMNS = "id, name"


        def constant(cursor):
            return cursor.execute("SELECT " + COLUMNS + " FROM users")
        """
    ),
    "f-string of constants": at_end(
        """
        TABLE = "users"


        def constant_table(cursor, name: str):
            return cursor.execute(f"SELECT id FROM {TABLE} WHERE name = ?", (name,))
        """
    ),
    "placeholders counted": at_end(
        """
        def many(cursor, numbers: list[int]):
            marks = ", ".join("?" for _ in numbers)
            return cursor.execute(f"SELECT id FROM users WHERE id IN ({marks})", numbers)
        """
    ),
    "literal over lines": at_end(
        """
        def lines(cursor, owner: str):
            return cursor.execute(
                "SELECT id, cents FROM invoices "
                "WHERE owner = %s "
                "ORDER BY id",
                (owner,),
            )
        """
    ),
    "message of a log": in_function(
        'message = f"select one of {len(__name__)} from the list where you like"\ndel message'
    ),
    "no SQL at all": at_end(
        """
        def run_job(executor, name: str):
            return executor.execute(f"job-{name}")
        """
    ),
    "exception": at_end(
        """
        def refuse(name: str):
            raise ValueError(f"cannot delete from {name} where it is used")
        """
    ),
    "query builder": at_end(
        """
        def built(session, models, name: str):
            return session.execute(models.select(models.User).where(models.User.name == name))
        """
    ),
    "redis": at_end(
        """
        def cached(redis, name: str):
            return redis.execute_command(f"GET user:{name}")
        """
    ),
    "one of a fixed list": at_end(
        """
        ORDERS = {"name": "name ASC", "newest": "created_at DESC"}


        def sorted_rows(cursor, by: str):
            order = ORDERS[by]
            return cursor.execute(f"SELECT id FROM users ORDER BY {order}")
        """
    ),
    "psycopg composition": at_end(
        """
        def composed(cursor, table: str):
            query = sql.SQL("SELECT id FROM {} WHERE id = %s").format(sql.Identifier(table))
            return cursor.execute(query, (1,))
        """,
        imports="from psycopg import sql",
    ),
    "test": new_file(
        "tests/test_sql.py", "def test_it(cursor):\n    assert cursor.execute(f\"DELETE FROM {'users'}{cursor}\")"
    ),
}

OPERATORS: Final = (Operator(check="SQL-001", plants=variants(_PLANTS), twins=variants(_TWINS)),)
