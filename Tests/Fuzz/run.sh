#!/bin/sh
# run.sh PROGRAM TARGET RUNS: fuzzes one target from its seeds. What it learned stays in .build-fuzz/corpus/TARGET,
# inputs that crash, hang (5 s) or take more than 2 GB are written to .build-fuzz/found/TARGET.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=$root/.build-fuzz/corpus/$2 found=$root/.build-fuzz/found/$2
mkdir -p "$corpus" "$found"
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$found"
dictionary=$root/Tests/Fuzz/$2.dict
[ -f "$dictionary" ] || dictionary=$root/Tests/Fuzz/language.dict
echo "== $2: $3 runs"
export SWIFT_BACKTRACE=enable=no OPENBLAS_NUM_THREADS=1 ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
exec "$program" "$2" -runs="$3" -timeout=5 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=0 -seed=1 \
    -dict="$dictionary" "$corpus" "$root/Tests/FuzzTests/Seeds/$2"
