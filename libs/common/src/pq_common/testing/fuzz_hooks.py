"""What schemathesis needs to know of our media types (``hooks`` in ``schemathesis.toml``)."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def as_lines(context: Any, value: Any) -> bytes:
    """Send the generated value as it is: the import reads bytes and judges them in its job."""
    return value if isinstance(value, bytes) else str(value).encode()
