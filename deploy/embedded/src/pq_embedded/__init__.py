"""The whole of PQ as one process: PostgreSQL from a wheel, five services with their workers, one port on loopback, and
the command line ``pq``. Nobody imports it."""
