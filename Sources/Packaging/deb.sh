#!/bin/bash
# deb.sh PROGRAM FOLDER: makes a package for Debian of PROGRAM and what `make files` puts beside it. FOLDER/root holds what is packed.
# The version is the program's own. What is not a tagged release is lower than it, and says which commit it is: apt takes a newer build
# for an upgrade. DEBFULLNAME and DEBEMAIL name the maintainer.
set -euo pipefail
cd "$(dirname "$0")/../.."
bas=$(realpath "$1") folder=$(realpath -m "$2")
here=Sources/Packaging
for tool in dpkg-shlibdeps dpkg-deb; do
    command -v $tool >/dev/null || { echo "$tool is missing: apt-get install dpkg-dev" >&2; exit 69; }
done

read -r version commit <<<"$("$bas" --version | sed -n '1s/^bas \([^,]*\), commit /\1 /p')"
[ -n "$commit" ] || { echo "$bas does not say its version" >&2; exit 65; }
git() { command git -c safe.directory='*' "$@" 2>/dev/null; }
if [ "$commit" != unknown ] && ! { [[ $commit != *-dirty ]] && git tag --points-at HEAD | grep -qx "v$version"; }; then
    version="$version~$(git rev-list --count HEAD || echo 0).g${commit/-/.}"
fi
version=$version-1
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-bas maintainers} <${DEBEMAIL:-bas@packages.example}>"
# The time in the package is that of the commit, so that the same source gives the same package.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct || date +%s)}"

root=$folder/root
rm -rf "$folder"
mkdir -p "$root/DEBIAN" "$folder/debian"
make --no-print-directory files BAS="$bas" DESTDIR="$root" PREFIX=/usr ZSH_FUNCTIONS="$root/usr/share/zsh/vendor-completions" >/dev/null
share=$root/usr/share
documents=$share/doc/bas
gzip -9n "$share/man/man1/bas.1"
gzip -9nc examples/CHANGELOG.md > "$documents/changelog.gz"
ln -s ../../bas/examples "$documents/examples"
gzip -9nc > "$documents/changelog.Debian.gz" <<CHANGES
bas ($version) unstable; urgency=medium

  * Built from commit $commit; changelog.gz tells what is new.

 -- $maintainer  $(date -uRd "@$SOURCE_DATE_EPOCH")
CHANGES
# The icon is the kernel's.
install -D -m 644 "$share/jupyter/kernels/bas/logo-svg.svg" "$share/icons/hicolor/scalable/apps/bas.svg"
install -D -m 644 -t "$share/applications" $here/bas.desktop $here/bas-notebook.desktop
install -D -m 644 $here/bas.xml "$share/mime/packages/bas.xml"
install -D -m 644 $here/lintian-overrides "$share/lintian/overrides/bas"
chmod -R u=rwX,go=rX "$root"

printf 'Source: bas\n\nPackage: bas\nArchitecture: any\n' > "$folder/debian/control"
libraries=$(cd "$folder" && dpkg-shlibdeps -O "$root/usr/bin/bas" | sed -n 's/^shlibs:Depends=//p')
(cd "$root" && find usr -type f -printf '%P\n' | LC_ALL=C sort | sed 's|^|usr/|' | xargs -d '\n' md5sum) > "$root/DEBIAN/md5sums"
cat > "$root/DEBIAN/control" <<CONTROL
Package: bas
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -ks "$root/usr" | cut -f1)
Depends: $libraries, fonts-dejavu-core
Suggests: chromium, jupyter-notebook, xdg-utils
Section: science
Priority: optional
Description: notebooks and a prompt for Break-A-Scene
 From one photo and a loose mask for each thing in it, the method
 Break-A-Scene learns one handle (a text token) per thing. bas is a scripting
 language with a prompt and notebooks for it: draw the things alone or
 together in new scenes, look at the attention maps, and measure how well the
 handles are separated.
 .
 It has its own diffusion engine and a small model, runs on the processor, and
 needs no Python, no GPU and no network. Lessons are in
 /usr/share/bas/examples/lessons.
CONTROL
package=$folder/bas_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
