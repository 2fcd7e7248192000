"""deploy/k8s as it is written, for machines without kustomize: names, settings, topics, roles and measures are those of the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import pq_common.events.metrics
import pq_common.http.metrics
from pq_common.contracts.catalogue import every_event
from pq_common.contracts.event import topic_of
from pq_common.db.provision import KINDS
from pq_embedded import strimzi
from pq_embedded.folder import DATABASES

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "deploy/k8s"
METRICS = (pq_common.events.metrics, pq_common.http.metrics)  # imported, so they are registered


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def everything() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(K8S.rglob("*.yaml")):
        for one in documents(path):
            yield path, one


def kustomizations() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, one in everything():
        if path.name == "kustomization.yaml":
            yield path, one


def test_every_file_belongs_to_a_kustomization_and_none_is_missing() -> None:
    used: set[Path] = set()
    for path, one in kustomizations():
        patches = [patch["path"] for patch in one.get("patches", []) if "path" in patch]
        for name in (*one.get("resources", []), *one.get("components", []), *patches):
            target = (path.parent / name).resolve()
            assert target.exists(), f"{path}: {name}"
            used.add(target / "kustomization.yaml" if target.is_dir() else target)
    tops = {K8S / "overlays" / name / "kustomization.yaml" for name in ("dev", "prod")}
    assert set(K8S.rglob("*.yaml")) == used | tops


def test_each_service_is_named_as_the_house_names_it(names: list[str]) -> None:
    listed = documents(K8S / "base/kustomization.yaml")[0]["resources"]
    assert listed == ["common", *names]
    for name in names:
        (said,) = documents(K8S / f"base/{name}/service.yaml")
        assert said["data"] == {"name": name, "package": f"pq_{name.replace('-', '_')}"}
        (one,) = documents(K8S / f"base/{name}/kustomization.yaml")
        assert one["namePrefix"] == f"{name}-"
        assert one["labels"][0]["pairs"] == {"app.kubernetes.io/name": name}


def test_every_setting_that_is_given_is_one_that_is_read(settings: set[str]) -> None:
    given = {
        literal.split("=", 1)[0].lower()
        for _, one in kustomizations()
        for generated in one.get("configMapGenerator", [])
        for literal in generated["literals"]
    }
    assert {"pq_bus", "pq_kafka_bootstrap", "pq_jwks_url"} <= given
    assert given <= settings


def test_every_file_of_a_secret_is_a_setting_and_every_needed_one_is_there(
    settings: set[str],
) -> None:
    expected = {
        "api": "pq_database_url",
        "worker": "pq_database_url",
        "migrate": "pq_owner_database_url",
    }
    for name, setting in expected.items():
        pod = documents(K8S / f"service/{name}.yaml")[0]["spec"]["template"]["spec"]
        (secrets,) = (volume for volume in pod["volumes"] if volume["name"] == "secrets")
        items = secrets["projected"]["sources"][0]["secret"]["items"]
        assert items == [{"key": setting, "path": setting}]
        assert setting in settings


@pytest.mark.parametrize("name", ["topics", "users"])
def test_topics_and_principals_are_those_of_the_code(name: str) -> None:
    path = K8S / f"components/strimzi/{name}.yaml"
    made = strimzi.written(getattr(strimzi, name)())
    assert path.read_text(encoding="utf-8") == made, "run: python -m pq_embedded.strimzi"


def test_every_event_has_its_topic_and_its_one_writer(names: list[str]) -> None:
    topics = {topic_of(event.TYPE) for event in every_event()}
    declared = documents(K8S / "components/strimzi/topics.yaml")
    assert {one["metadata"]["name"] for one in declared} == topics
    written: list[str] = []
    for user in documents(K8S / "components/strimzi/users.yaml"):
        for acl in user["spec"]["authorization"]["acls"]:
            assert "Create" not in acl["operations"]
            assert "*" not in acl["resource"].get("name", "")
            if "Write" in acl["operations"]:
                written.append(acl["resource"]["name"])
    assert sorted(written) == sorted(topics)


def test_the_cluster_has_each_database_and_the_three_roles_of_each() -> None:
    services = [name for name in DATABASES if name != "bus"]
    (cluster,) = documents(K8S / "components/cnpg/cluster.yaml")
    roles = cluster["spec"]["managed"]["roles"]
    assert [one["name"] for one in roles] == [f"{s}_{k}" for s in services for k in KINDS]
    for one in roles:
        assert set(one) == {"name", "login", "passwordSecret"}, "no role has more than a login"
        assert one["passwordSecret"]["name"] == one["name"].replace("_", "-")
    databases = documents(K8S / "components/cnpg/databases.yaml")
    assert [(one["spec"]["name"], one["spec"]["owner"]) for one in databases] == [
        (name, f"{name}_owner") for name in services
    ]


def test_every_measure_that_wakes_somebody_exists() -> None:
    known = {
        f"{family.name}{suffix}"
        for family in REGISTRY.collect()
        for suffix in ("", "_total", "_count", "_bucket", "_sum")
    }
    (rules,) = documents(K8S / "components/monitoring/rules.yaml")
    asked = " ".join(rule["expr"] for group in rules["spec"]["groups"] for rule in group["rules"])
    scaled = documents(K8S / "components/keda/scaling.yaml")
    asked += " ".join(one["spec"]["triggers"][0]["metadata"]["query"] for one in scaled)
    used = set(re.findall(r"pq_[a-z_]+", asked))
    assert len(used) >= 8
    assert used <= known


def test_no_more_workers_than_partitions() -> None:
    (topic, *_) = documents(K8S / "components/strimzi/topics.yaml")
    consumers = {name for name in strimzi.CONSUMERS if strimzi.projections_of(name)}
    scaled = documents(K8S / "components/keda/scaling.yaml")
    assert {one["metadata"]["name"] for one in scaled} == {f"{name}-worker" for name in consumers}
    for one in scaled:
        assert one["spec"]["maxReplicaCount"] == topic["spec"]["partitions"]
        assert (
            f'database="{one["metadata"]["name"].removesuffix("-worker").replace("-", "_")}"'
            in (one["spec"]["triggers"][0]["metadata"]["query"])
        )


def test_the_account_is_that_of_the_image() -> None:
    (pod,) = documents(K8S / "service/pod.yaml")
    context = pod["spec"]["template"]["spec"]["securityContext"]
    assert f"USER {context['runAsUser']}:{context['runAsGroup']}\n" in (
        ROOT / "Dockerfile"
    ).read_text(encoding="utf-8")
