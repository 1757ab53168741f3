"""Dockerfile and deploy/ held against the program: what they name is there, and limits are kept."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from safezone.api.routes.operations import router as operations
from safezone.api.service import MOST_READERS
from safezone.config import Settings, read_settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
MANIFESTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
)
OURS = [COMPOSE["services"][name] for name in ("safezone", "worker")]
# What a stop waits for beyond the deadline.
GRACE = 5
# The model that tells languages is unpacked to a temporary file, and an upload is there twice.
SMALLEST_TMP = 70_000_000


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [one for one in MANIFESTS if one["kind"] == kind]


def pods() -> list[dict[str, Any]]:
    return [one["spec"]["template"] for one in of_kind("Deployment")]


def container(pod: dict[str, Any]) -> dict[str, Any]:
    [found] = pod["spec"]["containers"]
    return dict(found)


def settings_of(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the program makes of variables; each must be one it knows."""
    for name, value in variables.items():
        assert name.removeprefix("SAFEZONE_").lower() in Settings.model_fields, name
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?[^}]*\}", "x" * 40, value))
    return read_settings()


def environments() -> Iterator[dict[str, str]]:
    yield dict(re.findall(r"\b(SAFEZONE_\w+)=(\S+)", DOCKERFILE))
    yield from (service["environment"] for service in OURS)
    yield from (one["data"] for one in of_kind("ConfigMap"))


@pytest.mark.parametrize("variables", [*environments()])
def test_settings_are_known_and_accepted(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert variables
    settings_of(variables, monkeypatch)


def test_everything_that_is_copied_into_the_image_is_there_and_let_through() -> None:
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for path in " ".join(copied).split():
        assert (ROOT / path).exists()
        assert any(fnmatch.fnmatch(path, pattern) for pattern in let_through), path


def test_the_image_holds_what_serving_needs_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [extras] = re.findall(r'"\.\[(.+)\]"', DOCKERFILE)
    assert set(extras.split(",")) == set(project["optional-dependencies"]) - {"train", "dev"}
    _, builder, final = DOCKERFILE.split("\nFROM ")
    assert "--constraint requirements.lock" in builder
    assert not re.search(r"\b(pip|apt-get|gcc)\b", final)


def test_what_the_image_leaves_out_of_openvino_is_not_missed(tmp_path: Path) -> None:
    library = pytest.importorskip("openvino", reason="OpenVINO is not installed here")
    package = tmp_path / "openvino"
    shutil.copytree(Path(library.__file__).parent, package)
    before = sum(file.stat().st_size for file in package.rglob("*"))
    [command] = re.findall(r"find /opt/safezone -path .*? -delete", DOCKERFILE, flags=re.DOTALL)
    command = command.replace("\\\n", " ").replace("/opt/safezone", shlex.quote(str(tmp_path)))
    subprocess.run(["sh", "-c", command], check=True, timeout=60)
    assert sum(file.stat().st_size for file in package.rglob("*")) < 0.7 * before
    read = (
        "import openvino\n"
        "from safezone.bootstrap import load_encoder, read_bundle\n"
        "from safezone.config import read_settings\n"
        "settings = read_settings(runtime='openvino')\n"
        "encoder = load_encoder(settings, read_bundle(settings))\n"
        "print(openvino.__file__, encoder.embed(encoder.pieces(['ice']))[0].shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", read],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split(maxsplit=1) == [str(package / "__init__.py"), "(1, 384)\n"]


def test_the_image_runs_without_privileges_and_asks_whether_it_is_ready() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
    assert path in {route.path for route in operations.routes if hasattr(route, "path")}
    assert "EXPOSE 8000" in DOCKERFILE


def test_compose_has_no_default_passwords() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    variables = re.findall(r"\$\{?(\w+)(.{2})", text)
    assert {name for name, _ in variables} == {"POSTGRES_PASSWORD", "SAFEZONE_WEBHOOK_SECRET"}
    assert all(required == ":?" for _, required in variables)


def test_compose_publishes_the_api_alone_and_on_loopback() -> None:
    ports = {name: service.get("ports", []) for name, service in COMPOSE["services"].items()}
    assert ports.pop("safezone") == ["127.0.0.1:8000:8000"]
    assert not any(ports.values())
    assert COMPOSE["networks"]["back"]["internal"]
    for name in ("db", "redis"):
        assert COMPOSE["services"][name]["networks"] == ["back"]


def test_compose_takes_privileges_from_every_service() -> None:
    for service in COMPOSE["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(service["read_only"] for service in OURS)


def test_compose_names_what_it_declares() -> None:
    for service in COMPOSE["services"].values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        for waited in service.get("depends_on", {}):
            assert "healthcheck" in COMPOSE["services"][waited]
    assert COMPOSE["services"]["db"]["volumes"][0].split(":")[0] in COMPOSE["volumes"]


def test_a_stop_is_given_the_time_that_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Settings.model_fields["deadline"].default
    assert not [env for env in environments() if "SAFEZONE_DEADLINE" in env]
    for service in OURS:
        assert int(service["stop_grace_period"].removesuffix("s")) > deadline + GRACE
    for pod in pods():
        hook = container(pod).get("lifecycle", {"preStop": {"exec": {"command": ["sleep", "0"]}}})
        slept = int(hook["preStop"]["exec"]["command"][1])
        assert pod["spec"]["terminationGracePeriodSeconds"] > slept + deadline + GRACE


def test_the_folder_for_temporary_files_has_room_for_an_upload() -> None:
    for service in OURS:
        [size] = re.findall(r"/tmp:size=(\d+)m", service["tmpfs"][0])
        upload = int(service["environment"]["SAFEZONE_JOB_BYTES"])
        assert int(size) << 20 >= SMALLEST_TMP + 2 * upload
    [config] = of_kind("ConfigMap")
    for pod in pods():
        [volume] = pod["spec"]["volumes"]
        room = int(volume["emptyDir"]["sizeLimit"].removesuffix("Mi")) << 20
        takes_uploads = pod["metadata"]["labels"]["part"] == "api"
        upload = int(config["data"]["SAFEZONE_JOB_BYTES"]) if takes_uploads else 0
        assert room >= SMALLEST_TMP + 2 * upload


def test_jobs_are_left_to_the_worker() -> None:
    [config] = of_kind("ConfigMap")
    for environment in (*(service["environment"] for service in OURS), config["data"]):
        assert environment["SAFEZONE_JOB_WORKERS"] == "0"
    assert COMPOSE["services"]["worker"]["command"] == ["safezone", "worker"]
    assert [container(pod).get("command") for pod in pods()] == [None, ["safezone", "worker"]]


def test_every_manifest_has_what_each_must_have() -> None:
    versions = {
        "ConfigMap": "v1",
        "Service": "v1",
        "Deployment": "apps/v1",
        "PodDisruptionBudget": "policy/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
    }
    assert {one["kind"] for one in MANIFESTS} == set(versions)
    for one in MANIFESTS:
        assert one["apiVersion"] == versions[one["kind"]]
        assert one["metadata"]["name"]
    identities = [(one["kind"], one["metadata"]["name"]) for one in MANIFESTS]
    assert len(identities) == len(set(identities))


def test_every_selector_finds_pods() -> None:
    labels = [pod["metadata"]["labels"] for pod in pods()]
    for one in MANIFESTS:
        spec = one.get("spec", {})
        wanted = spec.get("selector") or spec.get("podSelector")
        if wanted:
            wanted = wanted.get("matchLabels", wanted)
            assert any(wanted.items() <= found.items() for found in labels), one["metadata"]
    for one in of_kind("Deployment"):
        own = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"] == own


def test_pods_run_without_privileges_and_write_to_tmp_alone() -> None:
    for pod in pods():
        spec, one = pod["spec"], container(pod)
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["runAsUser"] == 10001
        assert spec["automountServiceAccountToken"] is False
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert [mount["mountPath"] for mount in one["volumeMounts"]] == ["/tmp"]
        assert {"requests", "limits"} == one["resources"].keys()


def test_no_variable_of_kubernetes_takes_the_place_of_a_setting() -> None:
    # Of a Service of the name safezone it would make SAFEZONE_PORT=tcp://….
    assert all(pod["spec"]["enableServiceLinks"] is False for pod in pods())


def test_a_pod_has_no_more_cores_than_one_process_reads_texts_with() -> None:
    [config] = of_kind("ConfigMap")
    assert not {"SAFEZONE_WORKERS", "SAFEZONE_READERS", "SAFEZONE_THREADS"} & config["data"].keys()
    for pod in pods():
        assert 1 <= int(container(pod)["resources"]["limits"]["cpu"]) <= MOST_READERS


def test_probes_and_services_lead_to_paths_and_ports_that_there_are() -> None:
    paths = {route.path for route in operations.routes if hasattr(route, "path")}
    api, _ = pods()
    ports = {port["name"]: port["containerPort"] for port in container(api)["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = container(api)[probe]["httpGet"]
        assert get["path"] in paths
        assert get["port"] in ports
    [service] = of_kind("Service")
    assert service["spec"]["ports"][0]["targetPort"] in ports
    [config] = of_kind("ConfigMap")
    assert ports == {
        "http": Settings.model_fields["port"].default,
        "metrics": int(config["data"]["SAFEZONE_METRICS_PORT"]),
    }
