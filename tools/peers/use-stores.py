#!/usr/bin/env python3
"""Write to and read from the stores that a config describes, with the server's own code. Run it with a release's Python.

stdin   one case a line:   {"id", "storage": <`storage` of config.yaml>, "env": {"NAME": "value"}, "program": {<file of the start program>: <text>}}
        and "at_once": <number>, for so many processes that use the same stores at the same moment,
        and "written": true, for another process that writes to the new sqlite file just when the server opens it
stdout  one result a line: {"id", "kv": <what was read back> | null, "sql": … , "exit": <code>, "log": <stderr>}
        of the first process that fails, or of the first one

The start program is run before the config is read; the env of the case is the only one.
"""

import asyncio
import gc
import importlib
import json
import multiprocessing
import os
import sqlite3
import sys
import tempfile
import threading

from sqlalchemy import Engine

from release import has_server_module, server_module, set_environment, take_stdout, write_line
from start_program import run_start_program

results = take_stdout()

# releases before 0.4 have the stores among what providers use
STORES = "core.storage" if has_server_module("core.storage.kvstore") else "providers.utils"

datatypes = server_module("core.storage.datatypes")
kvstore = server_module(f"{STORES}.kvstore.kvstore")
sqlstore = server_module(f"{STORES}.sqlstore.sqlstore")
stack = server_module("core.stack")
columns = server_module(f"{STORES}.sqlstore.sqlalchemy_sqlstore")

# imported by the first use of each kind of store
for used in ("aiosqlite", "asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.asyncpg"):
    importlib.import_module(used)
for kind in ("sqlite", "postgres", "redis"):
    server_module(f"{STORES}.kvstore.{kind}")

MARK = "grüße"

# of this process, and those that it starts
TABLE = f"llsd_{os.getpid()}"


async def open_idle_kv(config, start):
    """A store that the start does not use."""
    kvstore.register_kvstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("kv_")})
    return await kvstore.kvstore_impl(config.stores.metadata)


async def open_kv(config, start):
    start.wait()
    store = await open_idle_kv(config, start)
    # several at once, each over a connection of its own
    await asyncio.gather(*(store.get(f"llsd-{number}") for number in range(8)))
    return store


async def use_kv(store) -> str:
    # a key of its own, since others may use the same database at the same time
    key = f"llsd-{os.getpid()}-"
    await asyncio.gather(*(store.get(f"llsd-{number}") for number in range(16)))
    await store.set(key, MARK)
    found = await store.get(key)
    keys = await store.keys_in_range(key, f"{key}\xff")
    values = await store.values_in_range(key, f"{key}\xff")
    await store.delete(key)
    assert keys == [key] and values == [MARK], (keys, values)
    return found


async def open_sql(config, start):
    sqlstore.register_sqlstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("sql_")})
    store = sqlstore.sqlstore_impl(config.stores.conversations)
    start.wait()
    await store.create_table(TABLE, {"id": columns.ColumnType.STRING})
    return store


async def use_sql(store) -> str:
    own = f"{MARK}-{os.getpid()}"
    await store.insert(TABLE, {"id": own})
    rows = await store.fetch_all(TABLE)
    await store.delete(TABLE, {"id": own})
    return next(row["id"] for row in rows.data if row["id"] == own).split("-")[0]


def write_as_it_opens():
    @columns.event.listens_for(Engine, "do_connect", once=True)
    def write(dialect, record, arguments, named):
        other = sqlite3.connect(arguments[0], isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, other.close).start()


def work(case: dict, folder: str, start) -> dict:
    """As the server does, which starts in one event loop and serves in another."""
    if case.get("written"):
        write_as_it_opens()
    run_start_program(case["program"], folder)
    found = {}
    for kind, opened, used in (("kv", open_kv, use_kv), ("idle kv", open_idle_kv, use_kv), ("sql", open_sql, use_sql)):
        try:
            config = datatypes.StorageConfig(**stack.replace_env_vars(case["storage"]))
            store = asyncio.run(opened(config, start))
            gc.collect()  # the event loop of the start is gone
            found[kind] = asyncio.run(used(store))
        except Exception as error:
            found[kind] = None
            cause = error.__cause__ or error
            print(f"{kind}: {type(cause).__name__}: {cause}", file=sys.stderr)
    if found.pop("idle kv") is None:
        found["kv"] = None
    return found


def use(case: dict) -> dict:
    start = multiprocessing.Barrier(case.get("at_once", 1), timeout=20)
    processes = [start_process(case, start) for _ in range(start.parties)]
    ended = [end_process(*process) for process in processes]
    failed = (one for one in ended if one["exit"] or None in (one["kv"], one["sql"]))
    return {"id": case["id"], **next(failed, ended[0])}


def start_process(case: dict, start) -> tuple:
    """A process of its own: the start program may end it, and libraries keep what they read."""
    answer, log = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    child = os.fork()
    if child == 0:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        set_environment(case["env"])
        with tempfile.TemporaryDirectory() as folder:
            answer.write(json.dumps(work(case, folder, start)).encode())
        answer.flush()
        sys.stderr.flush()
        os._exit(0)
    return child, answer, log


def end_process(child: int, answer, log) -> dict:
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with answer, log:
        answer.seek(0)
        log.seek(0)
        found = json.loads(answer.read() or b"{}")
        return {"kv": None, "sql": None, **found, "exit": code, "log": log.read().decode()}


gc.collect()
gc.freeze()  # what all processes share is not looked through in each, which would copy it
for line in sys.stdin:
    write_line(results, json.dumps(use(json.loads(line))))
