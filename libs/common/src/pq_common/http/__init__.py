"""The HTTP contract of every service, written once (``docs/http.md``)."""
