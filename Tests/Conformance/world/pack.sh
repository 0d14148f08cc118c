#!/usr/bin/env bash
# Makes the pack that ships (stdlib/world/pack, stdlib/world/scenes) anew from the cache of `make setup-world`: `make world-pack`. The same cache gives
# the same files.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
cache="${BAS_WORLD:-${XDG_CACHE_HOME:-$HOME/.cache}/bas/world}"
[ -f "$cache/index.json" ] || { echo "there is no $cache/index.json: make setup-world draws it"; exit 1; }
"${PYTHON:-$cache/environment/bin/python}" "$here/pack.py" "$cache" "$root/stdlib/world/pack"
rm -rf "$root/stdlib/world/scenes"
mkdir "$root/stdlib/world/scenes"
BAS_STDLIB="$root/stdlib" "$(realpath "${BAS:-$root/.build/release/bas}")" run "$here/pack.bas" "$root/stdlib/world/scenes"
du -sh "$root/stdlib/world"
