"""Kafka, through our client, keeps the promise of the bus."""

import pytest

from pq_common.testing.bus_suite import BusSuite
from pq_common.testing.buses import BusAddress


@pytest.mark.real_kafka
class TestKafkaBus(BusSuite):
    @pytest.fixture
    def address(self, kafka_bus: BusAddress) -> BusAddress:
        return kafka_bus
