#!/bin/sh
# Prints the commit of the source, with -dirty behind it where what the program is made of has changes; nothing where that is not known.
cd "$(dirname "$0")/../.." || exit 1
# `git archive` puts the commit here: archives have no history (.gitattributes, export-subst).
archived='$Format:%h$'
# `sudo make install` asks in a folder that belongs to somebody else.
git() { command git -c safe.directory='*' "$@" 2>/dev/null; }
if [ "$(git rev-parse --show-toplevel)" = "$(pwd -P)" ] && commit=$(git rev-parse --short=10 HEAD); then
    changes=$(git status --porcelain -- Package.swift Sources stdlib) && echo "$commit${changes:+-dirty}"
else
    case $archived in *:*) ;; *) echo "$archived" ;; esac
fi
