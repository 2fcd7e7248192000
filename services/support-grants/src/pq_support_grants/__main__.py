"""``python -m pq_support_grants serve | work | migrate``."""

import sys

from pq_common.service import run
from pq_support_grants.app import service

if __name__ == "__main__":
    sys.exit(run(service))
