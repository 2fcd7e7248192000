#!/bin/sh
# Make images that stand in for those of a registry, where none can be reached: on Debian, as root, with mmdebstrap and Docker.
# They are named local/…; what to export so that docker-compose.yml takes them is printed.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
ca=/etc/ssl/certs/ca-certificates.crt
there() { docker image inspect "$1" >/dev/null 2>&1; }

there local/python:3.13-slim-trixie || mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3,python3-venv \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python"; ln -s /usr/bin/python3 "$1/usr/local/bin/python3"' \
    trixie - "$mirror" | docker import - local/python:3.13-slim-trixie >&2
standin() {  # a name, and what to put beside its Dockerfile: a folder and a name in it
    name=$1; shift
    there "local/$name" || tar -c -C "$here/deploy/standins/${name%%:*}" . ${1:+-C "$1" "$2"} |
        docker buildx build --quiet --secret "id=ca,src=$ca" -t "local/$name" - >&2
}
standin postgres:18
standin kafka:4.3.1 "$(dirname "$("$here/scripts/kafka-jars.sh")")" libs
standin nginx:1.28
cat <<END
export PYTHON_IMAGE=local/python:3.13-slim-trixie POSTGRES_IMAGE=local/postgres:18 KAFKA_IMAGE=local/kafka:4.3.1 NGINX_IMAGE=local/nginx:1.28 CA_BUNDLE=$ca
END
