#!/bin/sh
# Bring the system parts that some tests need, on Debian, as root. Without a name: all of them.
#   scripts/system-parts.sh [venv] [jdk] [chromium] [node]
# What is there already is left alone.
set -eu
python="${PYTHON:-python3}"

major_of_java() {
    command -v java >/dev/null 2>&1 || { echo 0; return; }
    major="$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)"
    echo "${major:-0}"
}

venv_works() {
    trial="$(mktemp -d)"
    if "$python" -m venv "$trial/venv" >/dev/null 2>&1; then works=0; else works=1; fi
    rm -rf "$trial"
    return "$works"
}

[ $# -gt 0 ] || set -- venv jdk chromium node
packages=""
for part in "$@"; do
    case "$part" in
        venv) venv_works || packages="$packages python3-venv" ;;
        jdk)
            [ "$(major_of_java)" -ge 17 ] || packages="$packages openjdk-17-jdk-headless"
            command -v mvn >/dev/null 2>&1 || packages="$packages maven" ;;
        chromium) command -v chromium >/dev/null 2>&1 || packages="$packages chromium" ;;
        node) command -v npm >/dev/null 2>&1 || packages="$packages nodejs npm" ;;
        *) echo "unknown part: $part (venv, jdk, chromium, node)" >&2; exit 2 ;;
    esac
done
if [ -n "$packages" ]; then
    [ "$(id -u)" = 0 ] || { echo "run as root, or install yourself:$packages" >&2; exit 1; }
    echo "installing:$packages"
    apt-get update -q >/dev/null
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages >/dev/null
fi
case " $* " in
    *" jdk "*)
        [ "$(major_of_java)" -ge 17 ] || { echo "$(command -v java) is older than 17 and comes first in PATH" >&2; exit 1; } ;;
esac
echo "system parts present: $*"
