"""The rights of deploy/k8s on a real Kafka with TLS: each service can do what it must by its certificate, and nothing else."""

import datetime
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # how upstream exports them
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pq_common.background import bus_of
from pq_common.events.bus import Bus, BusUnavailable, Message, UnknownTopic
from pq_common.events.kafka import KafkaBus
from pq_common.events.topics import every_topic
from pq_common.settings import CommonSettings
from pq_common.testing.bus_reading import from_the_start, read
from pq_common.testing.fixtures import run_apart
from pq_common.testing.kafka import kafka_server
from pq_common.testing.ports import free_ports
from pq_embedded import strimzi
from pq_embedded.host import SERVICES

pytestmark = [
    pytest.mark.real_kafka,
    pytest.mark.long,
    pytest.mark.xdist_group("principals on kafka"),
]
PATIENCE_S = 20.0
LONG_S = 120.0
KINDS = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "cluster": ResourceType.BROKER,  # as librdkafka calls it
}
PATTERNS = {"literal": ResourcePatternType.LITERAL, "prefix": ResourcePatternType.PREFIXED}
OPERATIONS = {
    "Read": AclOperation.READ,
    "Write": AclOperation.WRITE,
    "Describe": AclOperation.DESCRIBE,
    "IdempotentWrite": AclOperation.IDEMPOTENT_WRITE,
}


@dataclass
class Authority:
    """A certificate authority for one test, writing PEM files into a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._signed("pq-ca", self._key, is_ca=True)
        self.file("ca.crt").write_bytes(_pem(self._certificate))

    def file(self, name: str) -> Path:
        return self.folder / name

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return certificate and key of ``name``; as files, like a mounted secret."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, secret = self.file(f"{name}.crt"), self.file(f"{name}.key")
        certificate.write_bytes(_pem(self._signed(name, key)))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, secret

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, is_ca: bool = False
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if is_ca else self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
                ),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@dataclass
class Guarded:
    """A broker that knows each caller by certificate, and lets the tests themselves in without one."""

    plain: str
    tls: str
    authority: Authority

    def bus(self, name: str) -> Bus:
        """Return the bus of a principal, made from settings as a pod has them."""
        certificate, key = self.authority.issue(name)
        security = {
            "security_protocol": "SSL",
            "cafile": str(self.authority.file("ca.crt")),
            "certfile": str(certificate),
            "keyfile": str(key),
        }
        told = {
            "database_url": "postgresql://h/d",
            "bus": "kafka",
            "kafka_bootstrap": self.tls,
            "kafka_security": security,
        }
        return bus_of(CommonSettings.model_validate(told))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A broker as Strimzi sets one up: mutual TLS, simple authorization, every topic declared, the principals' rights given."""
    server = kafka_server(tmp_path_factory.mktemp("guarded"))
    authority = Authority(tmp_path_factory.mktemp("authority"))
    (port,) = free_ports(1)
    certificate, key = authority.issue("broker")
    store = authority.file("broker.pem")
    store.write_bytes(key.read_bytes() + certificate.read_bytes())
    server.told(
        {
            "listeners": f"PLAINTEXT://{server.bootstrap},CONTROLLER://127.0.0.1:{server.controller_port},TLS://127.0.0.1:{port}",
            "advertised.listeners": f"PLAINTEXT://{server.bootstrap},TLS://127.0.0.1:{port}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SSL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(store),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(authority.file("ca.crt")),
            "ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
    )
    try:
        server.start()
        run_apart(_declared(server.bootstrap))
        _give_rights(server.bootstrap)
        yield Guarded(server.bootstrap, f"127.0.0.1:{port}", authority)
    finally:
        server.stop()


async def _declared(bootstrap: str) -> None:
    bus = KafkaBus(bootstrap)
    await bus.start()
    await bus.declare(every_topic())
    await bus.stop()


def _give_rights(bootstrap: str) -> None:
    """Do what Strimzi's user operator does with the KafkaUsers."""
    bindings = [
        AclBinding(
            KINDS[acl["resource"]["type"]],
            acl["resource"].get("name", "kafka-cluster"),
            PATTERNS[acl["resource"].get("patternType", "literal")],
            f"User:{user['metadata']['name']}",
            "*",
            OPERATIONS[operation],
            AclPermissionType.ALLOW,
        )
        for user in strimzi.users()
        for acl in user["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    ]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_acls(bindings).values():
        future.result(PATIENCE_S)
    anything: Any = None
    every = AclBindingFilter(
        ResourceType.ANY, anything, ResourcePatternType.ANY, anything, anything,
        AclOperation.ANY, AclPermissionType.ANY,
    )  # fmt: skip
    until = time.monotonic() + LONG_S
    while len(admin.describe_acls(every).result(PATIENCE_S)) < len(set(bindings)):
        assert time.monotonic() < until, "the broker has not heard of its rights"
        time.sleep(0.5)  # it first makes the partitions of every topic


def rights(service: str, operation: str) -> list[str]:
    """Return the topics on which a service's principal may do this."""
    (user,) = (one for one in strimzi.users() if one["metadata"]["name"] == f"{service}-kafka")
    return [
        acl["resource"]["name"]
        for acl in user["spec"]["authorization"]["acls"]
        if operation in acl["operations"] and acl["resource"]["type"] == "topic"
    ]


async def test_a_stranger_with_a_good_certificate_may_do_nothing(guarded: Guarded) -> None:
    bus = guarded.bus("somebody-else")
    try:
        with pytest.raises(BusUnavailable, match="ClusterAuthorizationFailed"):
            await bus.start()
        with pytest.raises(UnknownTopic):
            async with bus.reader(
                ["pq.registry.enterprise.events.v1"], start=from_the_start, group=None
            ):
                pass
    finally:
        await bus.stop()


async def test_a_service_may_neither_write_what_is_not_its_own_nor_make_topics(
    guarded: Guarded,
) -> None:
    bus = guarded.bus("reporting-kafka")
    await bus.start()
    try:
        with pytest.raises((BusUnavailable, UnknownTopic)):
            # It reads this one, so it is told that it exists.
            await bus.publish(
                [Message("pq.registry.enterprise.events.v1", b"k", b"v")], deadline_s=10
            )
        with pytest.raises(BusUnavailable, match="TopicAuthorizationFailed"):
            await bus.declare(every_topic())
    finally:
        await bus.stop()


@pytest.mark.parametrize("service", [one.name for one in SERVICES])
async def test_each_service_sends_its_own_and_hears_what_it_reads(
    guarded: Guarded, service: str
) -> None:
    bus = guarded.bus(f"{service}-kafka")
    elsewhere = KafkaBus(guarded.plain)
    await bus.start()
    await elsewhere.start()
    try:
        own = [
            Message(topic, b"k", json.dumps(topic).encode()) for topic in rights(service, "Write")
        ]
        await bus.publish(own, deadline_s=PATIENCE_S)
        for projection in strimzi.projections_of(service):
            told = [Message(topic, b"k", b"v") for topic in projection.topics]
            await elsewhere.publish(told, deadline_s=PATIENCE_S)
            for group in (projection.id, None):  # None: a build anew reads beside the group
                async with bus.reader(
                    projection.topics, start=from_the_start, group=group
                ) as reader:
                    found = await read(reader, len(told))
                assert {one.topic for one in found} == set(projection.topics)
    finally:
        await bus.stop()
        await elsewhere.stop()
