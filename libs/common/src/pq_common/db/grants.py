"""Compare policies and grants with what the tables declare: autogenerate looks at neither."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, Table, text

from pq_common.db.rls import PLACED
from pq_common.db.schema import ALL

_GRANTS = text("""
SELECT c.relname, pg_get_userbyid(g.grantee) AS role, g.privilege_type
FROM pg_class c CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND g.grantee <> c.relowner
UNION ALL
SELECT c.relname, pg_get_userbyid(g.grantee), format('%s(%s)', g.privilege_type, a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) g
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND g.grantee <> c.relowner
""")
_POLICIES = text(r"""
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced, p.polname, p.polcmd::text,
       array(SELECT pg_get_userbyid(r)::text FROM unnest(p.polroles) r) AS roles,
       regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') AS using, regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g') AS checked
FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace
""")
_ROLES = text("""
SELECT rolname FROM pg_roles
WHERE rolname = ANY (:roles) AND (rolbypassrls OR rolsuper OR rolcreaterole)
""")

_Policy = tuple[bool, str, list[str], str | None, str | None]
"""Forced, the command (* for all, r for reading), roles, the condition for rows seen, the condition for rows written."""


def declared_access(table: Table) -> dict[str, Any]:
    """Return who may do what: as declared in ``info``; a table with a ``place_id`` is placed unless it says why not.

    ``info={"unplaced": "why"}`` says so; nothing declared means all four rights for both roles.
    """
    guess = PLACED if "place_id" in table.c and "unplaced" not in table.info else None
    return {"api": ALL, "worker": ALL, "placed": guess, "also_read": None, **table.info}


def access_differences(
    connection: Connection, catalogues: Sequence[MetaData], service: str
) -> Iterator[str]:
    """Yield a sentence for each right or policy that is missing, or is there and should not be."""
    tables = [t for c in catalogues for t in c.tables.values() if t.schema is None]
    yield from _grant_differences(connection, tables, service)
    yield from _policy_differences(connection, tables, service)
    for (role,) in connection.execute(_ROLES, {"roles": _roles(service)}):
        yield f"role {role} may bypass row-level security"


def _grant_differences(
    connection: Connection, tables: Sequence[Table], service: str
) -> Iterator[str]:
    granted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, role, right in connection.execute(_GRANTS):
        granted[table, role].add(right)
    for table in tables:
        said = declared_access(table)
        for kind in ("api", "worker"):
            have, want = granted.pop((table.name, f"{service}_{kind}"), set()), set(said[kind])
            if have != want:
                yield f"{service}_{kind} on {table.name}: has {sorted(have)}, declared {sorted(want)}"
    for (name, role), rights in granted.items():
        if name != "alembic_version":
            yield f"{role} on {name}: has {sorted(rights)}, not declared"


def _policy_differences(
    connection: Connection, tables: Sequence[Table], service: str
) -> Iterator[str]:
    policies: dict[str, dict[str, _Policy]] = defaultdict(dict)
    for name, forced, policy, command, roles, using, checked in connection.execute(_POLICIES):
        policies[name][policy] = (forced, command, list(roles), using, checked)
    for table in tables:
        expected = _expected(declared_access(table), service)
        if expected != policies[table.name]:
            yield f"policies of {table.name}: {policies[table.name]}, declared {expected}"


def _roles(service: str) -> list[str]:
    return [f"{service}_{kind}" for kind in ("owner", "api", "worker")]


def _expected(said: Mapping[str, Any], service: str) -> dict[str, _Policy]:
    placed, also_read = said["placed"], said["also_read"]
    if placed is None:
        return {}
    expected: dict[str, _Policy] = {
        "in_scope": (True, "*", [f"{service}_api"], placed, placed),
        "every_row": (True, "*", [f"{service}_worker"], "true", "true"),
    }
    if also_read is not None:
        expected["also_read"] = (True, "r", [f"{service}_api"], also_read, None)
    return expected
