#!/bin/sh
# Build the image, start docker-compose.yml as a project of its own, live a story in it, and take it down with its data.
# Where no registry can be reached: eval "$(scripts/standins.sh)" first.
set -eu
cd "$(dirname "$0")/.."
not_run() {
    echo "check-containers: not run: $1"
    [ "${REQUIRE_CONTAINERS:-}" != 1 ] || exit 1
    exit 0
}
command -v docker >/dev/null 2>&1 || not_run "docker is missing"
docker info >/dev/null 2>&1 || not_run "no Docker engine answers"
docker compose version >/dev/null 2>&1 || not_run "Compose v2 is missing"

export COMPOSE_PROJECT_NAME=pq-check PORT="${PORT:-18890}" PQ_MODE=demo PQ_IMAGE="${PQ_IMAGE:-local/pq:check}"
PQ_DATA=$(mktemp -d)
export PQ_DATA
trap 'docker compose down -v --timeout 60 >/dev/null 2>&1; rm -rf "$PQ_DATA"' EXIT
.venv/bin/pq secrets --data "$PQ_DATA" --address "http://127.0.0.1:$PORT"
docker compose build --quiet
docker compose up -d --wait --pull missing --quiet-pull || { docker compose ps -a; docker compose logs --tail 20; exit 1; }
.venv/bin/python -m pytest -q tests/deploy/check_containers.py
