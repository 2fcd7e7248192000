"""``python -m pq_embedded`` is ``pq``."""

from pq_embedded.cli import main

main()
