#!/bin/sh
# Bring the system parts that some tests need, on Debian, as root. Without a name: all of them.
#   scripts/system-parts.sh [jdk] [chromium] [node]
# What is there already is left alone.
set -eu
[ $# -gt 0 ] || set -- jdk chromium node
packages=""
for part in "$@"; do
    case "$part" in
        jdk)
            command -v java >/dev/null 2>&1 || packages="$packages openjdk-17-jdk-headless"
            command -v mvn >/dev/null 2>&1 || packages="$packages maven" ;;
        chromium) command -v chromium >/dev/null 2>&1 || packages="$packages chromium" ;;
        node) command -v npm >/dev/null 2>&1 || packages="$packages nodejs npm" ;;
        *) echo "unknown part: $part (jdk, chromium, node)" >&2; exit 2 ;;
    esac
done
if [ -n "$packages" ]; then
    [ "$(id -u)" = 0 ] || { echo "run as root, or install yourself:$packages" >&2; exit 1; }
    echo "installing:$packages"
    apt-get update -q >/dev/null
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >/dev/null
fi
echo "system parts present: $*"
