#!/bin/sh
# Print the Secrets that deploy/k8s expects, from what `pq secrets` drew into a folder:
#   pq secrets --data /safe/place --server pq-postgres-rw && scripts/k8s-secrets.sh /safe/place | kubectl -n pq apply -f -
# A vault that writes the same Secrets does as well.
set -eu
from=$1/secrets
secret() { kubectl create secret generic "$@" --dry-run=client -o yaml; echo ---; }
for service in registry support-grants certification tfp reporting; do
    for kind in owner api worker; do
        role=$(echo "$service" | tr - _)_$kind
        url=$(cat "$from/$role")
        password=${url#*:*:}
        setting=pq_database_url
        [ "$kind" != owner ] || setting=pq_owner_database_url
        # CloudNativePG takes name and password of the role from the same Secret.
        secret "$service-$kind" --type kubernetes.io/basic-auth --from-literal "username=$role" \
            --from-literal "password=${password%@*}" --from-file "$setting=$from/$role"
    done
done
secret registry-sealing --from-file "pq_sealing_secret=$from/sealing_secret"
secret pq-jwks --from-file "pq_jwks=$from/jwks"  # the development issuer's; with PQ_JWKS_URL nobody needs it
