#!/usr/bin/env bash
# Sees to it that there is a Chromium that needs no screen, which tests of the HTML page drive.
set -euo pipefail

[ -n "${ZAPLINT_CHROMIUM:-}" ] && exit 0
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >&2
    apt-get install -q -y --no-install-recommends chromium-headless-shell >&2 ||
        apt-get install -q -y --no-install-recommends chromium >&2
    exit
fi
printf '%s\n' "chromium: not here; install chromium, or set ZAPLINT_CHROMIUM" >&2
exit 2
