"""The partitioner is Kafka's own: these numbers are from the tests of its Java client."""

import random

import pytest
from aiokafka.partitioner import murmur2 as of_aiokafka

from pq_common.events.partitioner import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_that_of_the_java_client(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


def test_the_hash_agrees_with_aiokafka_for_keys_of_every_length() -> None:
    source = random.Random(1322)
    for length in range(200):
        key = source.randbytes(length)
        assert murmur2(key) == of_aiokafka(key)


def test_a_hash_with_the_sign_bit_set_still_gives_a_partition() -> None:
    assert murmur2(b"21") >= 2**31
    assert partition_of(b"21", 12) == (murmur2(b"21") - 2**31) % 12
