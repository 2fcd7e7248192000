#!/bin/sh
# Turn KAFKA_LOG_DIRS into log.dirs and so on, format empty data, run the broker.
set -eu
settings=/tmp/server.properties
env | sed -n 's/^KAFKA_\([A-Z_]*\)=\(.*\)/\1 \2/p' | while read -r name value; do
    [ "$name" = HEAP_OPTS ] || echo "$(echo "$name" | tr 'A-Z_' 'a-z.')=$value"
done > "$settings"
kafka() { exec java ${KAFKA_HEAP_OPTS:-} -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "/opt/kafka/libs/*" "$@"; }
[ -e "$KAFKA_LOG_DIRS/meta.properties" ] || (kafka kafka.tools.StorageTool format -t "$CLUSTER_ID" -c "$settings")
kafka kafka.Kafka "$settings"
