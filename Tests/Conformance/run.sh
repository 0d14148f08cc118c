#!/bin/bash
# `make conformance`: our engine beside PyTorch, transformers and diffusers, live (the fixtures of `make test` are their answers on paper).
# 1. every fixture's numbers are what the installed PyTorch answers today; 2. a picture of the embedded model equals diffusers'.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$ROOT"
[ -x "${BAS:=.build/release/bas}" ] || { echo "no $BAS: run 'make build' first" >&2; exit 66; }
status=0
"$PYTHON" Tests/Conformance/check_fixtures.py || status=1
"$PYTHON" Tests/Conformance/compare_generation.py --bas "$BAS" || status=1
exit $status
