#!/bin/sh
# Validate an AsyncAPI document with the reference parser. Needs Node.js and npm; the parser is kept in .cache/asyncapi-<version>.
#   scripts/asyncapi.sh [docs/events/asyncapi.json]
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
document=${1:-$here/docs/events/asyncapi.json}
version=3.6.3
home="$here/.cache/asyncapi-$version"
if [ ! -e "$home" ]; then
    command -v npm >/dev/null 2>&1 || { echo "npm is missing: scripts/system-parts.sh node brings it" >&2; exit 3; }
    mkdir -p "$here/.cache"
    # Into a folder of this process, then renamed whole: neither two at once nor a broken line leave half a parser.
    fresh="$home.$$"
    trap 'rm -rf "$fresh" "$home/${fresh##*/}"' EXIT
    npm install --prefix "$fresh" --no-audit --no-fund --no-save --silent "@asyncapi/parser@$version" >&2 || exit 3
    [ -e "$home" ] || mv "$fresh" "$home"  # a folder that came meanwhile takes ours in: the trap removes it
fi
NODE_PATH="$home/node_modules" node "$here/scripts/asyncapi/validate.cjs" "$document"
