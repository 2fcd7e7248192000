"""``python -m pq_reporting serve | work | migrate``; the only reader of the environment."""

import sys

from pq_common.service import run
from pq_reporting.app import service

if __name__ == "__main__":
    sys.exit(run(service))
