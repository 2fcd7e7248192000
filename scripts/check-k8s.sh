#!/bin/sh
# Render every overlay of deploy/k8s, hold it against Kubernetes' own schemas and against what schemas do not see.
# Nothing is sent to a cluster. Kinds of operators are in no schema at hand: they are listed.
set -eu
cd "$(dirname "$0")/.."
not_run() {
    echo "check-k8s: not run: $1"
    [ "${REQUIRE_CONTAINERS:-}" != 1 ] || exit 1
    exit 0
}
if command -v kustomize >/dev/null 2>&1; then render="kustomize build"
elif command -v kubectl >/dev/null 2>&1; then render="kubectl kustomize"
else not_run "kustomize or kubectl is missing"; fi

RENDERED=$(mktemp -d)
export RENDERED
trap 'rm -rf "$RENDERED"' EXIT
for overlay in deploy/k8s/overlays/*; do $render "$overlay" > "$RENDERED/${overlay##*/}.yaml"; done
.venv/bin/python -m pytest -q tests/deploy/check_rendered.py

# In an environment of its own: it is large, and nothing of ours needs it.
schemas=.cache/kubernetes-validate
if [ ! -x "$schemas/bin/kubernetes-validate" ]; then
    .venv/bin/python -m venv --without-pip "$schemas"
    UV_SYSTEM_CERTS=1 .venv/bin/uv pip install -q --python "$schemas/bin/python" kubernetes-validate==1.37.0 ||
        not_run "kubernetes-validate cannot be had"
fi
for version in 1.32.0 1.35.0; do
    for file in "$RENDERED"/*.yaml; do
        "$schemas/bin/kubernetes-validate" --strict -k "$version" "$file" > "$RENDERED/said" 2>&1 || { cat "$RENDERED/said"; exit 1; }
        cat "$RENDERED/said" >> "$RENDERED/all"
    done
done
echo "check-k8s: passed the schemas of Kubernetes 1.32 and 1.35, strictly; not in them, so not checked:" \
    $(sed -n 's|.*schema for kind \([A-Za-z]*\) with api version \([^ ]*\).*|\2/\1|p' "$RENDERED/all" | sort -u)
