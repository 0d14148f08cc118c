#!/bin/bash
# `make bench`: our engine and PyTorch on the same work, in one run.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
exec "$PYTHON" "$ROOT/Tests/Conformance/bench.py" "$@"
