#!/bin/sh
# calls.sh CALLS [SEED]: about so many calls of commands with edge values (Tests/FuzzTests/Targets/Calls), from a seed on.
#
# They run in test processes under a limit of address space (6 GiB) and of time (5 s, then a stop, then 10 s more). Whatever
# ends a process is written down with its program, and the next process goes on behind it. The log, .build-test/calls.log,
# has `seed N CALLS` for every program, `found N` or `crash N` with the text of each that broke something, and `long N` with
# those that had to be stopped. Ends with 1 where anything was found.
root=$(cd "$(dirname "$0")/../.." && pwd)
calls=$1 seed=${2:-1000000} log=$root/.build-test/calls.log
cd "$root" || exit 1
: > "$log"
export BAS_CALLS_LOG="$log" SWIFT_BACKTRACE=enable=no
export BAS_THREADS="${BAS_THREADS:-1}"

done_calls() { awk '/^seed /{ calls += $3 } END { print calls + 0 }' "$log"; }
while [ "$(done_calls)" -lt "$calls" ]; do
    # Two calls or so a program; what a process was not given goes to the next.
    BAS_CALLS_FROM=$seed BAS_CALLS=$(((calls - $(done_calls)) / 3 + 1)) swift test --skip-build -c release \
        -Xswiftc -enable-testing --scratch-path .build-test --no-parallel --filter manyCallsGiveDiagnostics > "$log.out" 2>&1
    last=$(grep '^seed ' "$log" | tail -n 1 | cut -d ' ' -f 2)
    [ -n "$last" ] || { cat "$log.out"; exit 1; }
    if ! tail -n 1 "$log" | grep -q '^done '; then
        echo "crash $last" >> "$log"
        rm -f "$log.crash"
        BAS_CALLS_LOG="$log.crash" BAS_CALLS_TEXT=1 BAS_CALLS_FROM=$last BAS_CALLS=1 swift test --skip-build -c release \
            -Xswiftc -enable-testing --scratch-path .build-test --no-parallel --filter manyCallsGiveDiagnostics > /dev/null 2>&1
        grep -v '^seed \|^done ' "$log.crash" >> "$log"
        grep -A 100 'neither ends nor heeds' "$log.out" >> "$log"
        grep -m 5 'Fatal error\|error: Process\|out of memory' "$log.out" >> "$log"
    fi
    seed=$((last + 1))
    echo "$(done_calls) calls, $(grep -c '^found \|^crash ' "$log") found, $(grep -c '^long ' "$log") stopped; next seed $seed"
done
! grep -q '^found \|^crash ' "$log"
