"""``python -m pq_certification serve | work | migrate``."""

import sys

from pq_certification.app import service
from pq_common.service import run

if __name__ == "__main__":
    sys.exit(run(service))
