#!/bin/sh
# Pin every dependency of every member into constraints.txt: names and versions, never an address.
set -eu
members="pq-common pq-registry pq-support-grants pq-certification pq-tfp pq-reporting pq-embedded"
not_ours=""
for member in $members; do not_ours="$not_ours --no-emit-package $member"; done
# shellcheck disable=SC2086
printf -- '-e %s\n' libs/common services/registry services/support-grants services/certification \
    services/tfp services/reporting deploy/embedded |
    UV_SYSTEM_CERTS=1 .venv/bin/uv pip compile - --group dev --universal --python-version 3.11 --quiet \
        --no-emit-index-url --no-header --no-annotate $not_ours -o constraints.txt
