#!/usr/bin/env bash
# Puts kernel sources, as Debian packages them, into the cache: tests/trees/fetch.sh 6.1 6.12
#
# A tree that the environment names (ZAPLINT_LINUX_6_1=/path/to/tree) is taken as it is. As root the
# package linux-source-X is installed; otherwise it is downloaded and unpacked without installing.
set -euo pipefail

cache=${ZAPLINT_CACHE:-$HOME/.cache/zaplint}
scratch=

say() { printf '%s\n' "$*" >&2; }
clean() { if [ -n "$scratch" ]; then rm -rf -- "$scratch"; fi; }
trap clean EXIT

is_tree() { [ -f "$1/Makefile" ] && [ -d "$1/mm" ]; }

# Prints the path of the archive of a release, which it gets first where it must.
archive_of() {
    local package="linux-source-$1" name="linux-source-$1.tar.xz"
    if [ ! -f "/usr/src/$name" ] && [ "$(id -u)" = 0 ]; then
        apt-get update -q >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
            "$package" xz-utils >&2
    fi
    if [ -f "/usr/src/$name" ]; then
        printf '%s\n' "/usr/src/$name"
        return
    fi
    (cd "$scratch" && apt-get download -q "$package" >&2)
    dpkg-deb --fsys-tarfile "$scratch/${package}_"*.deb | tar -x -C "$scratch" "./usr/src/$name"
    printf '%s\n' "$scratch/usr/src/$name"
}

fetch() {
    local release=$1 variable="ZAPLINT_LINUX_${1//./_}" target="$cache/linux-$1" archive
    if [ -n "${!variable:-}" ]; then
        is_tree "${!variable}" && return
        say "$variable=${!variable}: no kernel tree there; name one, or unset $variable"
        return 2
    fi
    is_tree "$target" && return
    command -v apt-get >/dev/null || {
        say "linux-$release: not here, and no apt-get to get it; set $variable to a kernel tree"
        return 2
    }
    mkdir -p "$cache"
    scratch=$(mktemp -d "$cache/.linux-$release.XXXXXX")
    archive=$(archive_of "$release")
    say "unpacking $archive"
    mkdir "$scratch/tree"
    tar -xJf "$archive" --strip-components=1 -C "$scratch/tree"
    # One rename, so that another process sees the whole tree or none.
    mv -T "$scratch/tree" "$target" 2>/dev/null || is_tree "$target"
    clean
    scratch=
}

for release in "$@"; do
    fetch "$release"
done
