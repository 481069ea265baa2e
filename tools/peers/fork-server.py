#!/usr/bin/env python3
"""Boot the real server once per case, fast: import it once, then fork. Run it with a release's own Python.

    fork-server.py [-j CASES_AT_ONCE]

stdin   one case a line:   {"id", "config": <path>, "env": {}, "get": [<path>], "post": [[<path>, <body>]],
                            "state": <directory>?, "timeout": <seconds>?, "tls": <bool>?,
                            "program": {<file of the start program>: <text>}?}
stdout  one result a line: {"id", "verdict", "error_type", "error", "get": {<path>: [<status>, <body>]},
                            "post": [[<status>, <body>]], "seconds", "log_tail"}

Each child runs the release's real command line (`llama stack run FILE`) in a fresh directory and a fresh environment;
nothing of the server is patched but by the start program of the case. It listens on a free loopback port, gets its
requests once /v1/health answers 200, and is killed. "state" names a directory that outlives the case, to boot a second
config on the data of a first.

verdict: ok; where it failed: env (a variable), schema (the config model), init (providers and resources), serve (making
the app), exit (the command line ended); timeout; gone (no answer to a request, though it was healthy); harness (a fault
of this script).

Settings that the server reads while it is imported (logging, home directory) are this process's, not the case's.
"""

import argparse
import contextlib
import gc
import importlib
import json
import os
import select
import traceback

import boot
import release

# Imported by the first boot of every config, whatever its providers are.
ALWAYS_USED = (
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvicorn.loops.auto",
    "aiosqlite",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)


def start(command_line, case: dict, learning: bool) -> tuple[int, int]:
    """Fork a supervisor; return its pid and the pipe that its result comes through."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.close(reader)
    try:
        result = boot.supervise(command_line, case, learning)
    except BaseException as error:
        result = {"id": case.get("id"), "verdict": "harness", "error_type": type(error).__name__, "error": str(error)}
        result["log_tail"] = traceback.format_exc()
    release.write_line(writer, json.dumps(result))
    os._exit(0)


def learn(modules: list[str]) -> None:
    """Import here what a good boot imported, so that later children need not."""
    for name in modules:
        # some modules exist only as attributes that another one puts into sys.modules
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    # keeps the collector from touching, and thereby copying, the pages that the children share
    gc.freeze()


def load_server():
    """Import the command line and the server; return the command line."""
    command_line = release.server_module(f"cli.{release.COMMAND}")
    release.server_module("core.server.server")
    learn(list(ALWAYS_USED))
    return command_line


def serve(command_line, results: int, at_once: int) -> None:
    """Run the cases of stdin as they come, at most so many side by side, until it ends."""
    running: dict[int, tuple[int, bytes]] = {}
    unread, more, learned = b"", True, False
    while True:
        while b"\n" in unread and len(running) < at_once:
            line, unread = unread.split(b"\n", 1)
            if line.strip():
                pid, reader = start(command_line, json.loads(line), not learned)
                running[reader] = (pid, b"")
        if not more and not running:
            return
        ready, _, _ = select.select([*running, *([0] if more else [])], [], [])
        for descriptor in ready:
            chunk = os.read(descriptor, 1 << 16)
            if descriptor == 0:
                more, unread = bool(chunk), unread + (chunk or b"\n")
            elif chunk:
                pid, data = running[descriptor]
                running[descriptor] = (pid, data + chunk)
            else:
                os.close(descriptor)
                pid, data = running.pop(descriptor)
                os.waitpid(pid, 0)
                result = json.loads(data)
                if "imported" in result:
                    learned = True
                    learn(result.pop("imported"))
                release.write_line(results, json.dumps(result))


def main() -> None:
    parser = argparse.ArgumentParser(description="Boot the real server once per case that stdin names.")
    parser.add_argument("-j", dest="at_once", type=int, default=1, metavar="CASES_AT_ONCE")
    options = parser.parse_args()
    results = release.take_stdout()
    serve(load_server(), results, options.at_once)


# a server with several workers starts Python anew, which reads this file again under another name
if __name__ == "__main__":
    main()
