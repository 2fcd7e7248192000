"""``python -m pq_tfp serve | work | migrate``."""

import sys

from pq_common.service import run
from pq_tfp.app import service

if __name__ == "__main__":
    sys.exit(run(service))
