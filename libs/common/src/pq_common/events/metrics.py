"""What an operator watches: is everything sent, is everything read, is anything parked."""

from prometheus_client import Counter, Gauge

published = Counter("pq_relay_published", "Events acknowledged by the bus", ["database"])
lease_changes = Counter("pq_relay_lease_changes", "Shards claimed by this relay", ["database"])
pending = Gauge("pq_outbox_pending", "Events not yet acknowledged by the bus", ["database"])
held = Gauge("pq_outbox_held", "Events held back until an operator acts", ["database"])
oldest_pending_s = Gauge("pq_outbox_oldest_pending_seconds", "Age of the oldest", ["database"])
unnumbered = Gauge("pq_feed_pending", "Events not yet in the changes feed", ["database"])
applied = Counter("pq_projection_applied", "Events applied", ["database", "projection"])
repeated = Counter("pq_projection_repeated", "Events seen before", ["database", "projection"])
fenced = Counter(
    "pq_projection_fenced", "Batches another reader had taken", ["database", "projection"]
)
gaps = Counter("pq_projection_gaps", "Versions that never came", ["database", "projection"])
lag = Gauge("pq_projection_lag", "Messages behind the end", ["database", "projection"])
parked = Gauge("pq_projection_parked", "Events parked and not replayed", ["database", "projection"])
