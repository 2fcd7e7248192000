"""What schemas do not see in rendered manifests; run by `make check-k8s` with the folder of the renderings in RENDERED."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(os.environ["RENDERED"])
Document = dict[str, Any]
# Secrets come from a vault or from scripts/k8s-secrets.sh, certificates from Strimzi, pq-jwks from whoever tries it.
FROM_OUTSIDE = (
    "-api",
    "-worker",
    "-owner",
    "-sealing",
    "-kafka",
    "-cluster-ca-cert",
    "pq-jwks",
    "pq-tls",
)
DRAIN_S = 20


@pytest.fixture(scope="session", params=sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def documents(request: pytest.FixtureRequest) -> list[Document]:
    return [one for one in yaml.safe_load_all(request.param.read_text(encoding="utf-8")) if one]


def of(documents: list[Document], *kinds: str) -> list[Document]:
    return [one for one in documents if one["kind"] in kinds]


def pods(documents: list[Document]) -> Iterator[tuple[str, Document, Document]]:
    """Yield name, labels and specification of every pod of ours."""
    for one in of(documents, "Deployment", "Job"):
        template = one["spec"]["template"]
        yield one["metadata"]["name"], template["metadata"]["labels"], template["spec"]


def hits(selector: Document, labels: Document) -> bool:
    return selector.get("matchLabels", selector).items() <= labels.items()


def test_nothing_is_left_of_the_words_that_stand_for_a_service(documents: list[Document]) -> None:
    text = yaml.dump_all(documents)
    assert "SERVICE" not in text
    assert "PACKAGE" not in text


def test_five_services_serve_work_and_migrate(documents: list[Document]) -> None:
    assert len(of(documents, "Deployment")) == 10
    assert len(of(documents, "Job")) == 5
    for name, _, pod in pods(documents):
        (one,) = pod["containers"]
        package, command = one["args"]
        service = package.removeprefix("pq_").replace("_", "-")
        what = {"serve": "api", "work": "worker", "migrate": "migrate"}[command]
        assert name.startswith(f"{service}-{what}")
        if command != "migrate":
            for probe, path in (("startup", "healthz"), ("liveness", "healthz"), ("readiness", "readyz")):  # fmt: skip
                asked = one[f"{probe}Probe"]["httpGet"]
                assert asked == {"path": f"/{service}/{path}", "port": "http"}
            assert one["ports"] == [{"containerPort": 8000, "name": "http"}]


def test_every_selector_hits_its_own_pods_and_no_others(documents: list[Document]) -> None:
    labels = {name: found for name, found, _ in pods(documents)}
    for one in of(documents, "Deployment"):
        selector = one["spec"]["selector"]["matchLabels"]
        found = [name for name, have in labels.items() if hits(selector, have)]
        assert found == [one["metadata"]["name"]]
    for one in of(documents, "Service", "PodDisruptionBudget"):
        found = [name for name, have in labels.items() if hits(one["spec"]["selector"], have)]
        assert found == [one["metadata"]["name"]]


def test_every_pod_is_without_rights(documents: list[Document]) -> None:
    accounts = {one["metadata"]["name"] for one in of(documents, "ServiceAccount")}
    for name, _, pod in pods(documents):
        assert pod["serviceAccountName"] in accounts
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False  # TFP_PORT=tcp://… would be taken for a setting
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] >= 10000
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for one in pod["containers"]:
            assert one["securityContext"] == {
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            }


def test_what_may_be_written_is_bounded_and_every_mount_has_its_volume(
    documents: list[Document],
) -> None:
    for name, _, pod in pods(documents):
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for one in pod["containers"]:
            assert {mount["name"] for mount in one["volumeMounts"]} == set(volumes), name
        for volume in volumes.values():
            assert "sizeLimit" in volume.get("emptyDir", {"sizeLimit": ""})


def test_every_container_asks_for_what_it_needs_and_has_a_limit(documents: list[Document]) -> None:
    units = {"Mi": 1, "Gi": 1024}
    for name, _, pod in pods(documents):
        for one in pod["containers"]:
            asked, most = one["resources"]["requests"], one["resources"]["limits"]
            assert "cpu" in asked
            sizes = [int(x["memory"][:-2]) * units[x["memory"][-2:]] for x in (asked, most)]
            assert sizes[0] <= sizes[1], name


def test_a_pod_has_the_time_to_end(documents: list[Document]) -> None:
    for one in of(documents, "Deployment"):
        pod = one["spec"]["template"]["spec"]
        first = pod["containers"][0].get("lifecycle", {}).get("preStop", {})
        waits = first.get("sleep", {}).get("seconds", 0)
        assert waits + DRAIN_S + 5 <= pod["terminationGracePeriodSeconds"]
        assert one["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_either_somebody_scales_a_deployment_or_it_says_how_many(documents: list[Document]) -> None:
    deployments = {one["metadata"]["name"]: one for one in of(documents, "Deployment")}
    scaled: list[str] = []
    for one in of(documents, "HorizontalPodAutoscaler"):
        assert one["spec"]["minReplicas"] <= one["spec"]["maxReplicas"]
        scaled.append(one["spec"]["scaleTargetRef"]["name"])
    for one in of(documents, "ScaledObject"):
        assert one["spec"]["minReplicaCount"] <= one["spec"]["maxReplicaCount"]
        scaled.append(one["spec"]["scaleTargetRef"]["name"])
    assert len(scaled) == len(set(scaled))
    assert set(scaled) <= set(deployments)
    for name, one in deployments.items():
        assert ("replicas" in one["spec"]) != (name in scaled), name
        assert len(one["spec"]["template"]["spec"]["topologySpreadConstraints"]) == 2
    guarded = {one["metadata"]["name"] for one in of(documents, "PodDisruptionBudget")}
    assert guarded == set(deployments)


def test_nobody_comes_in_or_goes_out_unless_named(documents: list[Document]) -> None:
    policies = of(documents, "NetworkPolicy")
    (closed,) = (one for one in policies if one["metadata"]["name"] == "pq-nothing")
    assert closed["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(closed["spec"])
    for name, labels, _ in pods(documents):
        assert hits(closed["spec"]["podSelector"], labels), name
        ways = {
            one["metadata"]["name"] for one in policies if hits(one["spec"]["podSelector"], labels)
        }
        assert {"pq-names", "pq-to-postgres"} <= ways
        assert ("pq-to-kafka" in ways) == (labels["app.kubernetes.io/component"] == "worker")
        assert ("pq-from-gateway" in ways) == (labels["app.kubernetes.io/component"] == "api")


def test_every_address_names_a_service_and_a_port_that_are_there(documents: list[Document]) -> None:
    services = {one["metadata"]["name"]: one for one in of(documents, "Service")}
    for one in services.values():
        assert one["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": "http"}]
    for ingress in of(documents, "Ingress"):
        paths = ingress["spec"]["rules"][0]["http"]["paths"]
        assert len(paths) == 5
        for path in paths:
            name = path["backend"]["service"]["name"]
            assert name in services
            assert path["path"] in ("/", f"/{name.removesuffix('-api')}")


def test_secrets_are_files_and_nothing_secret_is_written_here(documents: list[Document]) -> None:
    assert not of(documents, "Secret")
    maps = {one["metadata"]["name"] for one in of(documents, "ConfigMap")}
    for name, _, pod in pods(documents):
        for one in pod["containers"]:
            assert "env" not in one
            assert {source["configMapRef"]["name"] for source in one["envFrom"]} <= maps, name
        for volume in pod["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                assert source["secret"]["name"].endswith(FROM_OUTSIDE)
        own = [
            source["secret"]["name"]
            for volume in pod["volumes"]
            for source in volume.get("projected", {}).get("sources", [])
        ]
        command = pod["containers"][0]["args"][1]
        role = {"serve": "-api", "work": "-worker", "migrate": "-owner"}[command]
        others = {"-api", "-worker", "-owner"} - {role}
        assert own[0].endswith(role)
        assert not [secret for secret in own if secret.endswith(tuple(others))]


def test_every_image_is_pinned(documents: list[Document]) -> None:
    for name, _, pod in pods(documents):
        for one in pod["containers"]:
            _, _, tag = one["image"].rpartition("/")[2].partition(":")
            assert tag, name
            assert tag != "latest", name


def test_every_document_has_a_name_of_its_own(documents: list[Document]) -> None:
    found = [(one["kind"], one["metadata"]["name"]) for one in documents]
    assert len(found) == len(set(found))
