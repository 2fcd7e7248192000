#!/bin/sh
# Validate an AsyncAPI document with the reference parser. Needs Node.js and npm; the parser is kept in .cache/asyncapi.
#   scripts/asyncapi.sh [docs/events/asyncapi.json]
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
document=${1:-$here/docs/events/asyncapi.json}
version=3.6.3
home="$here/.cache/asyncapi"
if [ ! -e "$home/complete-$version" ]; then
    command -v npm >/dev/null 2>&1 || { echo "npm is missing: scripts/system-parts.sh node brings it" >&2; exit 3; }
    mkdir -p "$home"
    npm install --prefix "$home" --no-audit --no-fund --no-save --silent "@asyncapi/parser@$version" >&2 || exit 3
    touch "$home/complete-$version"
fi
NODE_PATH="$home/node_modules" node "$here/scripts/asyncapi/validate.cjs" "$document"
