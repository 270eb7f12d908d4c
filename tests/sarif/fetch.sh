#!/usr/bin/env bash
# Puts Microsoft's sarif-multitool into the cache, from npm. Needs npm 7 or later, and node.
set -euo pipefail

version=5.7.0
cache=${ZAPLINT_CACHE:-$HOME/.cache/zaplint}/npm
tool=$cache/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool

[ -n "${ZAPLINT_SARIF_MULTITOOL:-}" ] && exit 0
[ -x "$tool" ] && exit 0
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends npm >&2
fi
command -v npm >/dev/null || {
    printf '%s\n' "npm: not here; install node and npm, or set ZAPLINT_SARIF_MULTITOOL" >&2
    exit 2
}
mkdir -p "$cache"
npm install --prefix "$cache" --no-audit --no-fund --no-save --silent \
    "@microsoft/sarif-multitool@$version"
# npm may refuse to run the script of the package that does this.
chmod u+x "$tool"
