"""The log on PostgreSQL keeps the promise of the bus."""

import pytest

from pq_common.testing.bus_suite import BusSuite
from pq_common.testing.buses import BusAddress


class TestPostgresBus(BusSuite):
    @pytest.fixture
    def address(self, postgres_bus: BusAddress) -> BusAddress:
        return postgres_bus
