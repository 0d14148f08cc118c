#!/bin/bash
# What a person gets without Swift: `make install` and the package of `make deb`, each in a bare Debian 12 (debootstrap): installed, the
# main job done by an ordinary user (a training, a notebook, a page, the kernel run by Jupyter), taken away again with nothing left behind.
#
#   packages.sh        as root, with debootstrap and the mirror of /etc/apt; about five minutes, 1.5 GB below .build/packages
#
# Ends with 0 where all is well, 1 where something is not, and 77 where it cannot be tried. The bare system stays in
# .build/packages/base for the next time; the two in which bas was tried go.
set -euo pipefail
cd "$(dirname "$0")/../.."
BAS=$(realpath "${BAS:-.build/release/bas}")
status=0
skip() { echo "packages: left out, $1"; [ $status = 0 ] && exit 77; exit 1; }
[ "$(id -u)" = 0 ] || skip "it needs root (chroot)"
command -v debootstrap >/dev/null || skip "it needs debootstrap: apt-get install debootstrap"
command -v dpkg-shlibdeps >/dev/null || skip "it needs dpkg-shlibdeps: apt-get install dpkg-dev"
work=$PWD/.build/packages suite=bookworm
mkdir -p "$work"

say() { echo "packages: $*"; }
bad() { say "NOT AS IT SHOULD BE: $*"; status=1; }

# The bare system, once.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 2>/dev/null | awk -v s=$suite '$2 == s { print $1; exit }')
if [ ! -f "$work/base/complete" ]; then
    say "a bare Debian $suite by debootstrap"
    rm -rf "$work/base"
    debootstrap --variant=minbase $suite "$work/base" "${mirror:-http://deb.debian.org/debian}" > "$work/debootstrap.log" 2>&1 \
        || { tail -5 "$work/debootstrap.log"; skip "debootstrap failed (no mirror?)"; }
    chroot "$work/base" useradd --create-home person
    touch "$work/base/complete"
fi

# inside ROOT USER COMMAND: runs a command line in the system, with /proc and /dev of its own, which end with it.
inside() {
    unshare --mount --pid --fork bash -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev"
        path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        exec env -i TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=$path \
            chroot "$0" su --preserve-environment "$1" -s /bin/bash -c "export HOME=~$1 && cd && $2"' "$1" "$2" "$3"
}

# Every file and folder of the system but what running programs and the package manager keep for themselves.
contents() {
    (cd "$1" && find . -regextype posix-extended -regex './(proc|dev|sys|home|tmp|run|var/cache|var/log|var/lib/dpkg|var/lib/apt)' -prune \
        -o -print | LC_ALL=C sort)
}

# The main job, as a person who has just installed bas would do it. Nothing here knows of the source's folder.
cat > "$work/job.sh" <<'JOB'
set -e
bas --version
cat > job.bas <<'PROGRAM'
#!/usr/bin/env bas
# %% Learn
photo = load_scene("mug_rose")
base = load_model("collage")
model = break_a_scene(base, photo, init=["dish", "flower"], steps=20, prior_prompts=["a photo at the beach"], seed=1)
# %% Draw
mug, rose = model.handles
show generate(model, "a photo of {mug} and {rose}", steps=10, seed=1)
show plot(model.history)
PROGRAM
bas run job.bas > run.txt
ls .bas/out/*.png > /dev/null
bas notebook job.bas
grep -q '^#>@' job.bas
bas test job.bas
bas export job.bas -o job.html
bas export job.bas -o job.ipynb
grep -q 'data:image/png' job.html
cp -r "$(dirname "$(command -v bas)")/../share/bas/examples" examples
bas notebook --all examples/lessons/2_a_word_has_a_map.bas
echo 'import "lessons.bas" as lesson; print("modules: {lesson.mug_and_rose().title}")' | bas
echo done
JOB

job() {
    local root=$1
    cp "$work/job.sh" "$root/home/person/job.sh"
    inside "$root" person 'bash job.sh' > "$work/job.log" 2>&1 || { bad "the job failed"; tail -20 "$work/job.log"; return; }
    sed -n '1,3p' "$work/job.log"
    [ "$(tail -1 "$work/job.log")" = done ] || bad "the job did not come to its end"
}

# Jupyter of Debian finds the kernel and runs a script with it.
kernel() {
    local root=$1
    inside "$root" root "apt-get install -y --no-install-recommends jupyter-client /tmp/$(basename "$package")" > "$work/apt.log" 2>&1 \
        || { bad "jupyter-client cannot be installed"; tail -3 "$work/apt.log"; return; }
    inside "$root" person 'jupyter kernelspec list' 2> /dev/null | grep -q '^ *bas ' || bad "Jupyter does not find the kernel"
    echo 'print("from the kernel: {1 + 1}")' > "$root/home/person/cell.bas"
    inside "$root" person 'jupyter run --kernel bas cell.bas' > "$work/kernel.log" 2>&1 || true
    grep -q '^from the kernel: 2$' "$work/kernel.log" || { bad "the kernel does not run a cell"; tail -3 "$work/kernel.log"; }
}

libraries() {
    inside "$1" root "command -v bas > /tmp/path; ldd \$(cat /tmp/path)" > "$work/ldd.txt"
    ! grep -E 'not found|libswift|libFoundation|libdispatch|libBlocks' "$work/ldd.txt" || bad "libraries are missing, or of Swift's"
}

fresh() {
    rm -rf "$work/$1"
    cp -a "$work/base" "$work/$1"
    inside "$work/$1" root 'apt-get update -qq' > "$work/apt.log" 2>&1 || skip "the mirror does not answer"
}

say "the package"
package=$(make --no-print-directory -o build deb BAS="$BAS" | tail -1)
ls -l "$package" | awk '{ printf "packages: %s, %.1f MB\n", $9, $5 / 1e6 }'
dpkg-deb -f "$package" Version Depends
if command -v lintian >/dev/null; then
    lintian --tag-display-limit 0 --fail-on error,warning --allow-root "$package" || bad "lintian complains"
else
    say "lintian is not installed: the package is not checked by it"
fi

say "make install"
fresh installed
root=$work/installed
# The libraries that the package names, and the letters of figures; not the package.
depends=$(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
inside "$root" root "apt-get install -y --no-install-recommends $depends" > "$work/apt.log" 2>&1 \
    || { tail -5 "$work/apt.log"; bad "the libraries cannot be installed"; }
contents "$root" > "$work/before.txt"
make --no-print-directory files BAS="$BAS" DESTDIR="$root" > "$work/install.log"
contents "$root" > "$work/with.txt"
libraries "$root"
job "$root"
make --no-print-directory uninstall DESTDIR="$root" > "$work/uninstall.log"
contents "$root" > "$work/after.txt"
diff "$work/before.txt" "$work/after.txt" || bad "make uninstall leaves something behind, or takes too much"
say "make install: $(comm -13 "$work/before.txt" "$work/with.txt" | wc -l) files and folders came, and went"
rm -rf "$root"

say "apt install"
fresh packaged
root=$work/packaged
contents "$root" > "$work/before.txt"
cp "$package" "$root/tmp/"
inside "$root" root "apt-get install -y --no-install-recommends /tmp/$(basename "$package")" > "$work/apt.log" 2>&1 \
    || { tail -5 "$work/apt.log"; bad "the package cannot be installed"; }
libraries "$root"
job "$root"
for file in man/man1/bas.1.gz bash-completion/completions/bas zsh/vendor-completions/_bas fish/vendor_completions.d/bas.fish \
    applications/bas.desktop mime/packages/bas.xml icons/hicolor/scalable/apps/bas.svg doc/bas/copyright doc/bas/changelog.Debian.gz; do
    [ -s "$root/usr/share/$file" ] || bad "/usr/share/$file is not there"
done
inside "$root" root 'dpkg --verify bas && apt-get purge -y --autoremove bas' > "$work/apt.log" 2>&1 || bad "the package cannot be purged"
contents "$root" > "$work/after.txt"
# What libraries of others leave behind is theirs.
diff "$work/before.txt" "$work/after.txt" > "$work/left.txt" || true
! grep -E '^[<>] .*/_?bas([./]|$)' "$work/left.txt" || bad "the package leaves something behind"
say "apt purge: $(wc -l < "$work/left.txt") lines of others' caches and settings differ, none of bas"
kernel "$root"
rm -rf "$root"
[ $status = 0 ] && say "all well"
exit $status
