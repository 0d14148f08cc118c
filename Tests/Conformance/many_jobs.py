#!/usr/bin/env python3
"""A sweep of many short jobs: what its list, its database and its progress cost, and what is left after kill -9.

many_jobs.py [--bas PROGRAM] [--jobs N] [--workers N] [--tasks N]

1. a sweep by workers, ended by kill -9 when half of its jobs are done, and begun again;
2. the same list as an array for Slurm, whose programs are stood in for: the files that it needs, and a few of its tasks run here.
Prints a line for each measurement; ends with 1 where a result is not right. Times are not judged.
"""
import argparse
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def say(what, value):
    print(f"{what:<58}{value}", flush=True)


def expect(is_well, what):
    if not is_well:
        failures.append(what)
        say("NOT AS IT SHOULD BE", what)


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def size(folder):
    return f"{sum(path.stat().st_size for path in files(folder)) / 1e6:.1f} MB"


class Bas:
    def __init__(self, program, folder, environment):
        self.program, self.folder, self.environment = program, folder, environment

    def start(self, *words):
        return subprocess.Popen(
            [self.program, *words], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *words):
        """What it prints, and its seconds."""
        begin = time.monotonic()
        process = self.start(*words)
        output = process.communicate()[0]
        expect(process.returncode == 0, f"bas {' '.join(words)}: {output[-400:]}")
        return output, time.monotonic() - begin

    def script(self, text):
        (self.folder / "many.bas").write_text(text)
        return "run", "-q", "many.bas"

    def progress(self, folder):
        """How many jobs are done; 0 where there is no list yet."""
        done = subprocess.run(
            [self.program, "jobs", "--json", folder], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        return json.loads(done.stdout)["done"] if done.returncode == 0 else 0


def sweep(count, options, shown="len(t), sum(t.x)"):
    return f"""t = sweep({{a: 1..{count // 5}, seed: 1..5}}, fn(p) {{ {{x: p.a * p.a % 97 + p.seed, y: p.a / p.seed}} }}, {options})
print({shown})
"""


def workers(bas, count, number):
    call = bas.script(sweep(count, f'folder="runs", workers={number}, threads=1'))
    begin = time.monotonic()
    process = bas.start(*call)
    database, journal = bas.folder / "runs/results.db", bas.folder / "runs/results.db-journal"
    # The journal of the list's one transaction goes when it is written.
    while process.poll() is None and not (database.exists() and database.stat().st_size > 50 * count and not journal.exists()):
        time.sleep(0.02)
    say("list in the database after", f"{time.monotonic() - begin:.1f} s, {database.stat().st_size / 1e6:.1f} MB")
    first = None
    while process.poll() is None:
        done = bas.progress("runs")
        if done and first is None:
            first = time.monotonic()
            say("first results seen after", f"{first - begin:.1f} s")
        if done >= count // 2:
            break
        time.sleep(1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    half, seconds = bas.run("jobs", "runs")
    say("kill -9; bas jobs says", f"{half.splitlines()[1]}, after {seconds:.2f} s")
    kept = bas.progress("runs")
    begin, restart = time.monotonic(), time.time()
    process = bas.start(*call)
    while process.poll() is None and bas.progress("runs") <= kept:
        time.sleep(0.2)
    say("the same call again: first new result after", f"{time.monotonic() - begin:.1f} s")
    output = process.communicate()[0]
    seconds = time.monotonic() - begin
    expect(process.returncode == 0, f"the second call: {output[-400:]}")
    with sqlite3.connect(database) as results:
        earlier = results.execute("SELECT count(*) FROM jobs WHERE state = 'done' AND time < ?", [restart]).fetchone()[0]
    expect(earlier >= kept, f"{kept} jobs were done before the second call, {earlier} of them are of that time")
    say("the rest", f"{seconds:.0f} s, {(count - kept) / seconds:.0f} jobs a second")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say("largest process so far", f"{peak:.0f} MiB")
    total = sum(a * a % 97 + s for a in range(1, count // 5 + 1) for s in range(1, 6))
    expect(output.splitlines()[-1] == f"{count} {total}", f"the table: {output[-200:]}")
    say("files, bytes", f"{len(files(bas.folder / 'runs'))}, {size(bas.folder / 'runs')}; database {database.stat().st_size / 1e6:.1f} MB")
    again, seconds = bas.run(*call)
    expect(again.splitlines()[-1] == f"{count} {total}", "the table of a call with nothing to do")
    say("the same call with nothing to do", f"{seconds:.1f} s")
    say("bas jobs", f"{bas.run('jobs', 'runs')[1]:.2f} s")
    for what, text in [("load_results", 'load_results("runs")'),
                       ("load_results, sql", 'load_results("runs", sql="SELECT seed, avg(x) AS x FROM runs GROUP BY seed")'),
                       ("(a program that does nothing)", "[]")]:
        say(what, f"{bas.run(*bas.script(f'print(len({text}))'))[1]:.1f} s")


# Slurm's programs: sbatch gives a number, and the queue holds every array for ever.
STANDINS = {
    "scontrol": "echo 'MaxArraySize = 1001'\necho 'MaxJobCount = 10000'",
    "sbatch": "for word; do case $word in --job-name=*) echo \"${word#*=} PENDING\" >> \"$QUEUE\" ;; esac; done; echo 7",
    "squeue": "cat \"$QUEUE\" 2> /dev/null || true",
}


def array(bas, count, tasks):
    programs = bas.folder / "programs"
    programs.mkdir()
    for name, text in STANDINS.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    bas.environment = bas.environment | {"PATH": f"{programs}:{os.environ['PATH']}", "QUEUE": str(bas.folder / "queue")}
    call = bas.script(sweep(count, 'folder="array", on="slurm", wait=false', "len(t)"))
    _, seconds = bas.run(*call)
    folder = bas.folder / "array"
    say("as an array: submitted after", f"{seconds:.1f} s")
    say("what all tasks read", f"{size(folder / 'arrays')} of arrays/, {size(folder / 'specs')} of specs/")
    times = [bas.run("worker", "array", "--array", "1", "--task", str(task))[1] for task in range(tasks)]
    written = files(folder / "tasks")
    lines = sum(len(path.read_text().splitlines()) for path in written)
    say(f"a task of {count // 1000} jobs", f"{sum(times) / tasks:.1f} s, {sum(p.stat().st_size for p in written) / tasks / 1e3:.0f} kB")
    expect(len(written) == tasks and lines == 2 * tasks * (count // 1000), f"{len(written)} files, {lines} lines of tasks")
    progress, seconds = bas.run("jobs", "array")
    expect(f"done {tasks * (count // 1000)}," in progress, progress)
    say("bas jobs before they are merged", f"{seconds:.2f} s")
    output, seconds = bas.run(*call)
    expect(output.splitlines()[-1] == f"{tasks * (count // 1000)}", f"the merged table: {output[-300:]}")
    say("merged after", f"{seconds:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bas", default=str(ROOT / ".build/release/bas"))
    parser.add_argument("--jobs", type=int, default=100_000, help="a multiple of 1000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tasks", type=int, default=8, help="how many tasks of the array are run")
    options = parser.parse_args()
    program = str(pathlib.Path(options.bas).resolve())
    environment = {"BAS_STDLIB": str(ROOT / "stdlib")} | os.environ | {"BAS_EXECUTABLE": program}
    with tempfile.TemporaryDirectory(prefix="bas-many-jobs-") as name:
        bas = Bas(program, pathlib.Path(name), environment)
        workers(bas, options.jobs, options.workers)
        array(bas, options.jobs, options.tasks)
    print(f"many jobs: {'all well' if not failures else f'{len(failures)} not as expected'}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
