#!/bin/sh
# run.sh PROGRAM TARGET RUNS [SECONDS]: fuzzes one target until it has had RUNS inputs, or for SECONDS.
#
# Goes on where the last call for this program stopped: .build-fuzz/runs/TARGET counts its inputs, the corpus of what they
# reached stays in .build-fuzz/corpus/TARGET, what libFuzzer says in .build-fuzz/log/TARGET. Inputs that crash, hang (5 s)
# or take more than 2 GiB are written to .build-fuzz/found/TARGET.
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.build-fuzz target=$2 runs=$3 seconds=${4:-0}
corpus=$work/corpus/$target found=$work/found/$target seeds=$work/seeds/$target count=$work/runs/$target log=$work/log/$target
rm -rf "$seeds" && mkdir -p "$corpus" "$found" "$seeds" "$work/runs" "$work/log" || exit 1
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dictionary=$root/Tests/Fuzz/$target.dict
[ -f "$dictionary" ] || dictionary=$root/Tests/Fuzz/language.dict
# Programs and conversations take their time by length, and what breaks them is short.
case $target in language|evaluator|commands|builtins|server) longest=1024 ;; *) longest=4096 ;; esac
# What another build was given says nothing of this one.
[ "$count" -nt "$program" ] || echo 0 > "$count"

# Small programs and conversations that the tests have, and the table's examples: what a corpus takes hours to find.
split_at() { awk -v mark="$1" -v name="$2" '$0 == mark { n++; next } { print > (name n) }'; }
data=$root/Tests
case $target in
language|evaluator)
    for file in "$data"/LanguageTests/Data/*.bas "$data"/LanguageTests/Data/formatting.txt; do
        split_at --- "$seeds/$(basename "$file")" < "$file"
    done ;;
server) sed -n 's/^> \({.*\)/\1/p' "$data"/LanguageServerTests/Data/session.txt | split -l 8 - "$seeds/session" ;;
esac

# The stack that programs run with, so that no input waits for a thread that has it; no stacks of allocations, which take
# a third of the time (for a report with them: ASAN_OPTIONS=malloc_context_size=30 PROGRAM TARGET FILE).
ulimit -s 262144
export SWIFT_BACKTRACE=enable=no OPENBLAS_NUM_THREADS=1
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:malloc_context_size=0
# Files in memory, gone however the program ends.
TMPDIR=$(mktemp -d /dev/shm/bas-fuzz-XXXXXX) || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap : INT
"$program" "$target" --examples "$seeds" || exit 1
cd "$found" || exit 1

statistic() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
# Fuzzes once, and counts; the corpus itself is no new input.
fuzz() {
    had=$(cat "$count") known=$(ls "$corpus" | wc -l)
    "$program" "$target" -runs=$((runs - had + known)) -max_total_time="$seconds" -seed=$((had + 1)) -timeout=5 \
        -rss_limit_mb=2048 -max_len=$longest -reload=0 -report_slow_units=3600 -print_final_stats=1 -dict="$dictionary" \
        "$corpus" "$root/Tests/FuzzTests/Seeds/$target" "$seeds" > "$log" 2>&1
    status=$? now=$(statistic number_of_executed_units)
    [ "${now:-0}" -le "$known" ] || had=$((had + now - known))
    echo $had > "$count"
    echo "$target: $had inputs, $(statistic average_exec_per_sec) a second, $(statistic peak_rss_mb) MB at most"
}
# Whether the input that took too long does not when nothing else happens: the machine was busy, or the program was stopped.
was_busy() {
    late=$(sed -n 's/.*Test unit written to \.\/\(timeout-[0-9a-f]*\).*/\1/p' "$log")
    [ -n "$late" ] && "$program" "$target" -timeout=5 -rss_limit_mb=2048 "$late" > /dev/null 2>&1 && rm "$late"
}

had=$(cat "$count")
[ "$had" -lt "$runs" ] || { echo "$target: $had inputs, none left"; exit 0; }
echo "$target: $((runs - had)) inputs to go; tail -f $log"
fuzz
while [ $status -ne 0 ] && was_busy; do
    status=0
    [ "$had" -ge "$runs" ] || fuzz
done
[ $status -eq 0 ] || tail -n 40 "$log"
exit $status
