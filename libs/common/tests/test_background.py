"""The bus that the settings name, or a sentence that says what is missing."""

import pytest

from pq_common.background import BusNotSet, bus_of
from pq_common.events.kafka import KafkaBus
from pq_common.events.postgres import PostgresBus
from pq_common.settings import CommonSettings

ADDRESS = "postgresql://u:p@localhost/x"


@pytest.mark.parametrize(
    ("bus", "missing"), [("postgres", "BUS_URL"), ("kafka", "KAFKA_BOOTSTRAP")]
)
def test_a_bus_without_its_address_is_refused_by_name(bus: str, missing: str) -> None:
    with pytest.raises(BusNotSet) as refused:
        bus_of(CommonSettings.model_validate({"database_url": ADDRESS, "bus": bus}))
    assert missing in refused.value.message_vi
    assert missing in refused.value.message_en


def test_each_bus_is_the_one_that_is_named() -> None:
    postgres = {"database_url": ADDRESS, "bus": "postgres", "bus_url": ADDRESS}
    kafka = {"database_url": ADDRESS, "bus": "kafka", "kafka_bootstrap": "127.0.0.1:9092"}
    assert isinstance(bus_of(CommonSettings.model_validate(postgres)), PostgresBus)
    assert isinstance(bus_of(CommonSettings.model_validate(kafka)), KafkaBus)
