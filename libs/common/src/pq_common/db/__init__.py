"""Storage: constraint names, sessions, the outbox, offsets, migrations."""
