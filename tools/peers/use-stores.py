#!/usr/bin/env python3
"""Write to and read from the stores that a config describes, with the server's own code. Run it with a release's Python.

stdin   one case a line:   {"id", "storage": <`storage` of config.yaml>, "env": {"NAME": "value"}, "program": {<file of the start program>: <text>}}
stdout  one result a line: {"id", "kv": <what was read back> | null, "sql": … , "exit": <code>, "log": <stderr>}

The start program is run before the config is read; the env of the case is the only one.
"""

import asyncio
import json
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


async def through_kv(config) -> str:
    kvstore.register_kvstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("kv_")})
    store = await kvstore.kvstore_impl(config.stores.metadata)
    # a key of its own, since others may use the same database at the same time
    key = f"llsd-{os.getpid()}-"
    await store.set(key, MARK)
    found = await store.get(key)
    # release 0.3.5 cannot list keys of Redis at all: its class has no `namespace`, whatever llsd writes
    lists = hasattr(store, "namespace") or "redis" not in type(store).__name__.lower()
    keys = await store.keys_in_range(key, f"{key}\xff") if lists else [key]
    values = await store.values_in_range(key, f"{key}\xff")
    await store.delete(key)
    assert keys and values == [MARK], (keys, values)
    return found


async def through_sql(config) -> str:
    sqlstore.register_sqlstore_backends({k: v for k, v in config.backends.items() if v.type.value.startswith("sql_")})
    store = sqlstore.sqlstore_impl(config.stores.conversations)
    table = f"llsd_{os.getpid()}"
    await store.create_table(table, {"id": columns.ColumnType.STRING})
    await store.insert(table, {"id": MARK})
    rows = await store.fetch_all(table)
    await store.delete(table, {"id": MARK})
    return rows.data[0]["id"]


def work(case: dict, folder: str) -> dict:
    run_start_program(case["program"], folder)
    found = {}
    for kind, through in (("kv", through_kv), ("sql", through_sql)):
        try:
            config = datatypes.StorageConfig(**stack.replace_env_vars(case["storage"]))
            found[kind] = asyncio.run(through(config))
        except Exception as error:
            found[kind] = None
            cause = error.__cause__ or error
            print(f"{kind}: {type(cause).__name__}: {cause}", file=sys.stderr)
    return found


def use(case: dict) -> dict:
    """In a process of its own: the start program may end it, and libraries keep what they read."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            set_environment(case["env"])
            answer.write(json.dumps(work(case, folder)).encode())
            answer.flush()
            sys.stderr.flush()
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answer.seek(0)
        log.seek(0)
        found = json.loads(answer.read() or b"{}")
        return {"id": case["id"], "kv": None, "sql": None, **found, "exit": code, "log": log.read().decode()}


for line in sys.stdin:
    write_line(results, json.dumps(use(json.loads(line))))
