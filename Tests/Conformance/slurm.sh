#!/bin/bash
# Sweeps by a real Slurm: a one-node cluster of Debian's slurm-wlm and munge in a temporary folder, on ports of its own.
#
#   slurm.sh        as root, with slurm-wlm and munge; about two minutes
#
# 1. a sweep by an array of tasks gives the table of one process, in few tasks, files and scheduler calls;
# 2. a node that dies in the middle of its tasks loses only the jobs that it was running, and these are run again;
# 3. a program that is ended while it waits finds its array in the queue, and submits nothing twice.
# Ends with 0 where all is well, 1 where something is not, and 77 where it cannot be tried.
set -euo pipefail
cd "$(dirname "$0")/../.."
BAS=$(realpath "${BAS:-.build/release/bas}")
export BAS_STDLIB=${BAS_STDLIB:-$PWD/stdlib} BAS_EXECUTABLE=$BAS
skip() { echo "slurm: left out, $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "it needs root (slurmd)"
for tool in slurmctld slurmd sbatch squeue scontrol munged; do
    command -v $tool > /dev/null || skip "it needs $tool: apt-get install --no-install-recommends slurm-wlm munge"
done

work=$(mktemp -d /tmp/bas-slurm-XXXXXX)
status=0
say() { echo "slurm: $*"; }
bad() { say "NOT AS IT SHOULD BE: $*"; status=1; }
stop() { [ ! -s "$work/run/$1.pid" ] || kill "${2:--TERM}" "$(cat "$work/run/$1.pid")" 2> /dev/null || true; }
cleanup() {
    scancel --user=root > /dev/null 2>&1 || true
    stop slurmd; stop ctld; stop munge
    sleep 1
    rm -rf "$work"
}
trap cleanup EXIT

mkdir -p "$work"/{state,spool,log,munge,run,job,calls}
chmod 755 "$work" "$work"/*
chmod 700 "$work/munge"
host=$(hostname -s)
(umask 377; head -c 1024 /dev/urandom > "$work/munge/key")
munged --key-file="$work/munge/key" --socket="$work/run/munge.sock" --pid-file="$work/run/munge.pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed" --force 2> "$work/log/munge" || skip "munged does not start"
cat > "$work/slurm.conf" <<CONF
ClusterName=bas
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
AuthType=auth/munge
AuthInfo=socket=$work/run/munge.sock
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/run/ctld.pid
SlurmdPidFile=$work/run/slurmd.pid
SlurmctldLogFile=$work/log/ctld.log
SlurmdLogFile=$work/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
ReturnToService=2
SlurmdTimeout=5
KillWait=2
MinJobAge=5
MaxArraySize=101
JobRequeue=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
slurmctld && slurmd || skip "slurmctld or slurmd does not start"
for _ in $(seq 50); do [ "$(sinfo --noheader --format=%T 2> /dev/null)" = idle ] && break; sleep 0.2; done
[ "$(sinfo --noheader --format=%T)" = idle ] || { tail -n 3 "$work"/log/*.log; skip "the node does not come up"; }

# What the scheduler sees: each call of its programs, by name.
for tool in sbatch squeue scontrol; do
    printf '#!/bin/sh\necho %s >> %s/calls/log\nexec %s "$@"\n' $tool "$work" "$(command -v $tool)" > "$work/calls/$tool"
    chmod +x "$work/calls/$tool"
done
export PATH=$work/calls:$PATH
calls() { grep -c "^$1\$" "$work/calls/log" || true; }

cd "$work/job"
# Errors name the script: all are compared under one name.
same() { cmp <(sed 's/[a-z]*\.bas:/sweep.bas:/' "$1") <(sed 's/[a-z]*\.bas:/sweep.bas:/' "$2"); }
# sweep.bas OPTIONS WORK PROGRAM: 200 jobs, one of which fails.
program() {
    cat > "$1" <<PROGRAM
scale = ones([4]) * 0.25
fn measure(p) {
    x = 0
    for i in 1..$3 { x = x + i * p.a }
    if p.a == 7 and p.seed == 3 { [1][p.a] }
    { x: x, y: float(sum(scale * p.a)) / p.seed, r: rand([2])[0] }
}
t = sweep({a: 1..40, seed: 1..5}, measure, $2)
save_table(t, "$4")
print(len(t))
PROGRAM
}

program serial.bas 'folder="serial"' 20000 serial.jsonl
"$BAS" run -q serial.bas > serial.txt
program array.bas 'folder="array", on="slurm", tasks=10' 20000 array.jsonl
: > "$work/calls/log"
begin=$(date +%s)
"$BAS" run -q array.bas > array.txt || { bad "the array"; cat array.txt; cat array/tasks/*.log; }
same serial.jsonl array.jsonl || bad "the array's table is not that of one process"
files=$(find array -type f | wc -l)
say "200 jobs in 10 tasks took $(($(date +%s) - begin)) s; $files files; calls: sbatch $(calls sbatch), squeue $(calls squeue), scontrol $(calls scontrol)"
[ "$(calls sbatch)" = 1 ] && [ "$(calls scontrol)" = 1 ] || bad "too many calls of the scheduler"
[ "$files" -le 20 ] || bad "too many files"
"$BAS" jobs array
"$BAS" jobs array | grep -q 'done 199, running 0, failed 1, waiting 0' || bad "bas jobs"

# A node that dies: its daemon and its tasks are killed at once.
program node.bas 'folder="node", on="slurm", tasks=8' 200000 node.jsonl
program one.bas 'folder="one", workers=2' 200000 one.jsonl
"$BAS" run -q one.bas > one.txt
"$BAS" run -q node.bas > node.txt 2>&1 &
waiting=$!
sleep 4
before=$("$BAS" jobs node | sed -n 's/^done \([0-9]*\),.*/\1/p')
stop slurmd -KILL
# Each worker, the script that started it, and Slurm's process above that.
for worker in $(pgrep -f "worker $work/job/node --array"); do
    script=$(ps -o ppid= -p "$worker" | tr -d ' ')
    kill -KILL "$(ps -o ppid= -p "$script" | tr -d ' ')" "$script" "$worker" 2> /dev/null || true
done
sleep 8
say "the node died after $before jobs: $(sinfo --noheader --format=%T)"
slurmd
wait $waiting || { bad "the sweep whose node died"; cat node.txt; }
same one.jsonl node.jsonl || bad "the table after the node's death is not that of one process"
again=$(grep -h '"running"' node/tasks/*.jsonl | grep -o '"job":"[^"]*"' | sort | uniq -d | wc -l)
say "$again jobs were begun twice"
[ "$again" -le "$(nproc)" ] || bad "more jobs than ran on the node were run again"

# A program that is ended while it waits.
program wait.bas 'folder="wait", on="slurm", tasks=4' 100000 wait.jsonl
"$BAS" run -q wait.bas > wait.txt 2>&1 & waiting=$!
sleep 3
kill -KILL $waiting; wait $waiting 2> /dev/null || true
: > "$work/calls/log"
"$BAS" run wait.bas > wait.txt 2>&1 || { bad "the sweep that was waited for again"; cat wait.txt; }
[ "$(calls sbatch)" = 0 ] || bad "an array was submitted twice"
[ "$(wc -l < wait.jsonl)" = 200 ] || bad "the second call does not have all results"

[ $status = 0 ] && say "all well"
exit $status
