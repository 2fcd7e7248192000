"""``python -m pq_registry serve | work | migrate``."""

import sys

from pq_common.service import run
from pq_registry.app import service

if __name__ == "__main__":
    sys.exit(run(service))
