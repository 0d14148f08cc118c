#!/usr/bin/env bash
# Draws the things of the world into a cache, once: `make setup-world`. The cache is $BAS_WORLD, else $XDG_CACHE_HOME/bas/world, else
# ~/.cache/bas/world. Debian's packages come by apt-get, Python's into a virtual environment within the cache.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${BAS_WORLD:-${XDG_CACHE_HOME:-$HOME/.cache}/bas/world}"
packages=(tuxpaint-stamps-default sweethome3d-furniture libosmesa6 python3-venv)

missing=()
for package in "${packages[@]}"; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    install=(apt-get install -y --no-install-recommends "${missing[@]}")
    sudo=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null && sudo=(sudo) || { echo "These packages are missing; as root:  ${install[*]}"; exit 1; }
    fi
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}"
fi

environment="$cache/environment"
wanted="$(sha256sum "$here/requirements.txt" | cut -c1-16)"
if [ ! -f "$environment/$wanted" ]; then
    mkdir -p "$cache"
    python3 -m venv "$environment"
    # Without dependencies: pyrender asks for a version of PyOpenGL that knows no OSMesa here.
    "$environment/bin/pip" install --quiet --no-deps -r "$here/requirements.txt"
    touch "$environment/$wanted"
fi
exec "$environment/bin/python" "$here/objects.py" "$cache" "$@"
