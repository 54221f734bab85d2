"""What is done in the emulated router; run by the interpreter that is in the package.

Lines that begin with "result: " are JSON for the test. The switch and the client are not in this
machine, but at the ends of its cables: "ready" says that the client may log in, and a line on
standard input that the router is to be looked at.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from typing import IO, Any

PROGRAM = "/usr/bin/ruijie-proxy"
INTERPRETER = "/test/interpreter"
STARTS = 7
"""How often each cold start is measured."""


def result(name: str, value: Any) -> None:
    print("result:", json.dumps({name: value}, ensure_ascii=False), flush=True)


def seconds_until(command: list[str], words: str) -> float:
    """Return how long it takes until a program says something; it is ended then."""
    began = time.monotonic()
    with started(command) as child:
        for line in output_of(child):
            if words in line:
                took = time.monotonic() - began
                child.terminate()
                return took
    raise SystemExit(f"{command} has not said {words!r}")


def started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )


def output_of(child: subprocess.Popen[str]) -> IO[str]:
    assert child.stdout is not None
    return child.stdout


def resident(pid: int) -> dict[str, int]:
    """Return kB, by what they are: the columns of the table of memory, and sockets.

    Of the executable, ``code`` and ``tables`` are mapped from its file and the same for all of its
    processes, and the kernel may drop them; ``data`` is what it changes. What is queued in sockets
    is the kernel's, and resident in no process.
    """
    kinds = dict.fromkeys(("code", "tables", "data", "heap", "stack"), 0)
    kind = ""
    end_of_file = ""
    with open(f"/proc/{pid}/smaps") as file:
        for words in map(str.split, file):
            if "-" in words[0]:
                begin, end = words[0].split("-")
                name = words[5] if len(words) > 5 else ""
                if name.startswith("/"):
                    kind = {"r-xp": "code", "r--p": "tables"}.get(words[1], "data")
                    end_of_file = end
                elif not name and begin == end_of_file:
                    kind = "data"  # which is all zeros in the beginning
                else:
                    kind = "stack" if name == "[stack]" else "heap"
            elif words[0] == "Rss:":
                kinds[kind] += int(words[1])
    return {**kinds, "all": sum(kinds.values()), **sockets(pid)}


def sockets(pid: int) -> dict[str, int]:
    folder = f"/proc/{pid}/fd"
    ends = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder)]
    inodes = {end[len("socket:[") : -1] for end in ends if end.startswith("socket:[")}
    with open("/proc/net/packet") as file:
        next(file)
        queued = sum(int(row[6]) for row in map(str.split, file) if row[8] in inodes)
    return {"sockets": len(inodes), "queued": queued}


def measure_interpreters() -> None:
    """Tell the memory of the interpreter by itself, and with what the daemon loads of Python's."""
    end = "import _signal, _linux_calls\n_linux_calls.start_is_over()\nprint('there', flush=True)\n"
    for name, code in (
        ("interpreter", ""),
        ("modules", f"import {names_in('standard_modules')}\n"),
    ):
        with started([INTERPRETER, f"{code}{end}_signal.pause()"]) as child:
            output_of(child).readline()
            result(f"resident_{name}", resident(child.pid))
            child.terminate()


def names_in(file_name: str) -> str:
    with open(f"/test/{file_name}") as file:
        return file.read().strip()


def measure_cold_starts() -> None:
    bare = f"import {names_in('usual_modules')}\nprint('there', flush=True)"
    commands = {
        "daemon": ([PROGRAM, "run"], "runs as process"),
        "usual": (["/test/python/bin/python3", "-c", bare], "there"),
        "frozen": ([INTERPRETER, bare], "there"),
    }
    for command in commands.values():
        seconds_until(*command)  # the first of each warms the kernel's caches up
    result(
        "cold_starts",
        [
            {name: seconds_until(*command) for name, command in commands.items()}
            for _ in range(STARTS)
        ],
    )


def status() -> Any:
    told = subprocess.run([PROGRAM, "status", "--json"], stdout=subprocess.PIPE, check=True).stdout
    (session,) = json.loads(told)["sessions"]
    return session


def relay_a_login() -> None:
    with started([PROGRAM, "run"]) as daemon:
        output = output_of(daemon)
        for line in output:
            print("daemon:", line, end="", flush=True)
            if "waiting for a client" in line:
                break
        result("resident_waiting", resident(daemon.pid))
        print("ready", flush=True)
        inputs = [output, sys.stdin]
        while sys.stdin not in select.select(inputs, [], [])[0]:
            print("daemon:", output.readline(), end="", flush=True)
        result("resident_online", resident(daemon.pid))
        result("status", status())
        daemon.terminate()
        for line in output:
            print("daemon:", line, end="", flush=True)
    result("exit_code", daemon.returncode)


subprocess.run([PROGRAM, "--version"], check=True)
measure_cold_starts()
measure_interpreters()
# Its files are in memory, where the router needs the room now.
subprocess.run(["rm", "-r", "/test/python"], check=True)
relay_a_login()
