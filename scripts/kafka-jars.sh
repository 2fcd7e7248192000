#!/bin/sh
# Fetch Apache Kafka's own jars by Maven into .cache/kafka-<version>/libs, once. Needs a JDK 17 and Maven.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' "$here/scripts/kafka/pom.xml")
home="$here/.cache/kafka-$version"
if [ ! -e "$home/libs" ]; then
    command -v mvn >/dev/null 2>&1 || { echo "Maven is missing: scripts/system-parts.sh jdk brings it" >&2; exit 1; }
    mkdir -p "$home"
    # Into a folder of this process, then renamed whole: neither two at once nor a broken line leave a half set.
    fresh="$home/libs.$$"
    trap 'rm -rf "$fresh" "$home/libs/${fresh##*/}"' EXIT
    mvn -q -B -f "$here/scripts/kafka/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$fresh" >&2
    [ -e "$home/libs" ] || mv "$fresh" "$home/libs"  # a folder that came meanwhile takes ours in: the trap removes it
fi
echo "$home/libs"
