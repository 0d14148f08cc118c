#!/usr/bin/env bash
# Makes everything that the training of the 256-pixel model needs, once, on a machine with Debian's packages and PyPI but without a GPU:
#     prepare.sh FOLDER      FOLDER/data, FOLDER/tokenizer, FOLDER/code, FOLDER/wheels, which travel to the GPU; the aim is 50 MB
# Most of the time goes into drawing the 3-D objects (make setup-world), which is kept in ~/.cache/bas/world.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
folder="${1:?usage: prepare.sh FOLDER}"
. "$root/Tests/Conformance/environment.sh"
mkdir -p "$folder/data" "$folder/code/stdlib/world" "$folder/wheels"

cache="${BAS_WORLD_CACHE:-$HOME/.cache/bas/world}"
[ -e "$cache/index.json" ] || make -C "$root" setup-world
"$PYTHON" "$here/pack.py" sprites "$folder/data" --world "$cache"

packages="$folder/packages"
mkdir -p "$packages"
for name in mate-backgrounds ukui-wallpapers lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers gnome-backgrounds \
    opencv-doc python3-skimage python3-sklearn; do
    [ -d "$packages/x-$name" ] && continue
    (cd "$packages" && apt-get download -qq -o APT::Sandbox::User=root "$name" && dpkg -x "$name"_*.deb "x-$name" && rm "$name"_*.deb)
done
"$PYTHON" "$here/pack.py" photos "$folder/data" --root "$packages"
rm -rf "$packages"

"$PYTHON" "$here/vocabulary.py" "$folder/data" "$root/stdlib/models/collage/tokenizer" "$folder/tokenizer"
# The code with the recipe where it looks for it, so that nothing else of the repository must travel.
mkdir -p "$folder/code/Tests/Conformance/pretrain256"
cp "$here"/*.py "$folder/code/Tests/Conformance/pretrain256/"
cp "$root/stdlib/world/recipe.json" "$folder/code/stdlib/world/"
# The GPU's image has PyTorch and transformers; diffusers is missing there.
"$PYTHON" -m pip download --quiet --no-deps --dest "$folder/wheels" diffusers==0.42.1
du -shc "$folder"/*
