#!/usr/bin/env python3
"""Write to and read from the stores that a config describes, with the server's own code. Run it with a release's Python.

stdin   one case a line:   {"id", "storage": <`storage` of config.yaml>, "env": {"NAME": "value"}, "program": {<file of the start program>: <text>}}
        and "at_once": <number>, for so many processes that use the same stores at the same moment
stdout  one result a line: {"id", "kv": <what was read back> | null, "sql": … , "exit": <code>, "log": <stderr>}
        of the first process that fails, or of the first one

The start program is run before the config is read; the env of the case is the only one.
"""

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile

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

MARK = "grüße"


async def through_kv(config, start) -> str:
    kvstore.register_kvstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("kv_")})
    start.wait()
    store = await kvstore.kvstore_impl(config.stores.metadata)
    # a key of its own, since others may use the same database at the same time
    key = f"llsd-{os.getpid()}-"
    await store.set(key, MARK)
    found = await store.get(key)
    keys = await store.keys_in_range(key, f"{key}\xff")
    values = await store.values_in_range(key, f"{key}\xff")
    await store.delete(key)
    assert keys == [key] and values == [MARK], (keys, values)
    return found


async def through_sql(config, start) -> str:
    sqlstore.register_sqlstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("sql_")})
    store = sqlstore.sqlstore_impl(config.stores.conversations)
    table = f"llsd_{os.getppid()}"
    start.wait()
    await store.create_table(table, {"id": columns.ColumnType.STRING})
    own = f"{MARK}-{os.getpid()}"
    await store.insert(table, {"id": own})
    rows = await store.fetch_all(table)
    await store.delete(table, {"id": own})
    return next(row["id"] for row in rows.data if row["id"] == own).split("-")[0]


def work(case: dict, folder: str, start) -> dict:
    run_start_program(case["program"], folder)
    found = {}
    for kind, through in (("kv", through_kv), ("sql", through_sql)):
        try:
            config = datatypes.StorageConfig(**stack.replace_env_vars(case["storage"]))
            found[kind] = asyncio.run(through(config, start))
        except Exception as error:
            found[kind] = None
            cause = error.__cause__ or error
            print(f"{kind}: {type(cause).__name__}: {cause}", file=sys.stderr)
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


for line in sys.stdin:
    write_line(results, json.dumps(use(json.loads(line))))
