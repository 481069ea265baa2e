"""Imports a small server of the real one's shape under the start program, and looks at what it does then.

The real servers are tried by src/config/*.peer.test.ts; this says what each mend does, and that it leaves alone what it
does not know.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

PROGRAM = pathlib.Path(__file__).parents[2] / "src" / "config" / "start-program"

REGISTRY = """
import asyncio

class Store(dict):
    async def get(self, key):
        return dict.get(self, key)
    async def set(self, key, value):
        self[key] = value

class DiskDistributionRegistry:
    def __init__(self):
        self.rows = {}
        self.kvstore = Store()
    async def get_all(self):
        return list(self.rows.values())
    async def get(self, type, identifier):
        return self.rows.get((type, identifier))
    async def update(self, entry):
        self.rows[entry.type, entry.identifier] = entry
    async def delete(self, type, identifier):
        del self.rows[type, identifier]
    async def register(self, entry):
        await asyncio.sleep(0)
        if vars(self.rows.get((entry.type, entry.identifier), entry)) != vars(entry):
            raise ValueError("already exists")
        await self.update(entry)
        return True

class CachedDiskDistributionRegistry(DiskDistributionRegistry):
    pass

def create_dist_registry():
    return CachedDiskDistributionRegistry()
"""
STACK = """
import os, re
from llama_stack.core.registry import create_dist_registry

def replace_env_vars(config, path=""):
    if isinstance(config, dict):
        return {key: replace_env_vars(value, f"{path}.{key}") for key, value in config.items()}
    name = re.search("env.([A-Z_]+)", config)[1]
    text = os.path.expanduser(os.environ.get(name) or "nothing")
    return int(text) if text.isdigit() else text

async def register_resources(config, impls):
    for entry in config:
        await impls[entry.api].dist_registry.register(entry)

async def refresh_registry_once(impls, listed=()):
    for entry in listed:
        await impls[entry.api].dist_registry.register(entry)
"""
# A registry that knows a, one of each kind, and what a start with other values does.
TRY = """
import asyncio, enum, types
from llama_stack.core import stack

Api = enum.Enum("Api", {kind: kind for kind in ["models", "shields", "tool_groups", "vector_stores"]})
TYPES = {Api.models: "model", Api.shields: "shield", Api.tool_groups: "tool_group", Api.vector_stores: "vector_store"}

def entry(api, value, provider="here", identifier="a"):
    values = {"type": TYPES[api], "identifier": identifier, "provider_id": provider, "value": value}
    return types.SimpleNamespace(api=api, **values)

registry = stack.create_dist_registry()
table = types.SimpleNamespace(dist_registry=registry, impls_by_provider_id={"here": None})
impls = dict.fromkeys(Api, table)

def rows():
    return {f"{type} {identifier}": row.value for (type, identifier), row in registry.rows.items()}

def attempt(work):
    try:
        asyncio.run(work)
    except ValueError as error:
        print(error)
"""


class Server(unittest.TestCase):
    maxDiff = None

    def run_server(self, code, stack=STACK, registry=REGISTRY, program=True, stores=None, **env):
        """What the code prints, run behind these modules; `stores` are more of them, by their path below `core`."""
        with tempfile.TemporaryDirectory() as folder:
            core = pathlib.Path(folder, "llama_stack", "core")
            core.mkdir(parents=True)
            core.joinpath("__init__.py").touch()
            core.parent.joinpath("__init__.py").touch()
            core.joinpath("stack.py").write_text(stack)
            core.joinpath("registry.py").write_text(registry)
            for name, text in (stores or {}).items():
                module = core / name
                module.parent.mkdir(parents=True, exist_ok=True)
                module.write_text(text)
            path = os.pathsep.join([*([str(PROGRAM)] if program else []), folder])
            base = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/home/me"}
            command = [sys.executable, "-c", textwrap.dedent(code)]
            done = subprocess.run(command, env=base | env, capture_output=True, encoding="utf-8")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout


class Text(Server):
    CODE = """
        from llama_stack.core.stack import replace_env_vars
        print(replace_env_vars({"a": "${env.LLSD_A}", "b": "${env.B}", "c": "${env.LLSD_A}0", "d": "${env.PGUSER:=}"}))
    """

    def test_of_our_variables_stays_as_it_is(self):
        for text in ["12345678", "0012", "~root", "1e5", "true"]:
            with self.subTest(text):
                printed = self.run_server(self.CODE, LLSD_A=f"{text}\n", PGUSER=text, B="~")
                self.assertTrue(printed.startswith(f"{{'a': '{text}', 'b': '/home/me', 'c': "), printed)
                self.assertTrue(printed.endswith(f", 'd': '{text}'}}\n"), printed)

    def test_of_other_variables_and_parts_of_a_text_are_left_to_the_server(self):
        printed = self.run_server(self.CODE, LLSD_A="1", B="5")
        self.assertEqual(printed, "{'a': '1', 'b': 5, 'c': 1, 'd': 'nothing'}\n")

    def test_that_is_empty_is_left_to_the_server(self):
        self.assertIn("'a': 'nothing'", self.run_server(self.CODE, LLSD_A=""))


class Registry(Server):
    ALL = "[entry(api, 2) for api in list(Api)[:3]]"

    def test_of_an_earlier_start_gives_way_to_the_config(self):
        code = f"""{TRY}
registry.rows = {{(TYPES[api], "a"): entry(api, 1) for api in Api}}
attempt(stack.register_resources({self.ALL}, impls))
print(rows())
"""
        self.assertEqual(
            self.run_server(code), "{'model a': 2, 'shield a': 2, 'tool_group a': 2, 'vector_store a': 1}\n"
        )
        self.assertIn("already exists", self.run_server(code, program=False))

    def test_keeps_vector_stores_which_hold_data(self):
        code = f"""{TRY}
registry.rows = {{("vector_store", "a"): entry(Api.vector_stores, 1)}}
attempt(stack.register_resources([entry(Api.vector_stores, 2)], impls))
print(rows())
"""
        self.assertEqual(self.run_server(code), "already exists\n{'vector_store a': 1}\n")

    def test_refuses_a_client_as_before(self):
        code = f"""{TRY}
async def both():
    await stack.register_resources([entry(Api.models, 1)], impls)
    await registry.register(entry(Api.models, 2))
attempt(both())
print(rows())
"""
        self.assertEqual(self.run_server(code), "already exists\n{'model a': 1}\n")

    def test_refuses_a_client_while_the_config_is_registered(self):
        code = f"""{TRY}
async def both():
    async def client():
        await asyncio.sleep(0)
        await registry.register(entry(Api.models, 3))
    work = asyncio.create_task(client())
    await stack.register_resources([entry(Api.models, 2)], impls)
    await work
registry.rows = {{("model", "a"): entry(Api.models, 1)}}
attempt(both())
print(rows())
"""
        self.assertEqual(self.run_server(code), "already exists\n{'model a': 2}\n")

    def test_keeps_what_it_has_when_a_provider_lists_the_same(self):
        code = f"""{TRY}
registry.rows = {{("model", "a"): entry(Api.models, 1)}}
attempt(stack.refresh_registry_once(impls, listed=[entry(Api.models, 2), entry(Api.models, 3, identifier="b")]))
print(rows())
"""
        self.assertEqual(self.run_server(code), "{'model a': 1, 'model b': 3}\n")

    def test_forgets_what_belongs_to_a_provider_that_is_gone_but_no_vector_store(self):
        code = f"""{TRY}
registry.rows = {{(TYPES[api], "a"): entry(api, 1, provider="gone") for api in Api}}
attempt(stack.register_resources([], impls))
print(rows())
"""
        self.assertEqual(self.run_server(code), "{'vector_store a': 1}\n")

    def test_forgets_what_the_config_has_no_more_but_nothing_of_clients_and_no_vector_store(self):
        code = f"""{TRY}
async def starts():
    await stack.register_resources([entry(api, 1) for api in Api], impls)
    await registry.register(entry(Api.models, 1, identifier="client"))
    await stack.register_resources([entry(Api.shields, 2)], impls)
    print(rows())
    await stack.register_resources([entry(Api.models, 3)], impls)
attempt(starts())
print(rows())
"""
        printed = "{'shield a': 2, 'vector_store a': 1, 'model client': 1}\n"
        printed += "{'vector_store a': 1, 'model client': 1, 'model a': 3}\n"
        self.assertEqual(self.run_server(code), printed)

    def test_without_a_store_of_its_own_forgets_nothing_that_a_provider_serves(self):
        code = f"""{TRY}
del registry.kvstore
attempt(stack.register_resources([entry(Api.models, 1)], impls))
attempt(stack.register_resources([], impls))
print(rows())
"""
        self.assertEqual(self.run_server(code), "{'model a': 1}\n")

    def test_passes_on_another_fault_of_the_config(self):
        broken = REGISTRY.replace('raise ValueError("already exists")', "pass").replace(
            "await self.update(entry)\n        return True", 'raise ValueError("no such thing")'
        )
        code = f"{TRY}\nattempt(stack.register_resources([entry(Api.models, 2)], impls))"
        self.assertEqual(self.run_server(code, registry=broken), "no such thing\n")


SQL_STORE = """
import asyncio
from contextlib import contextmanager
from types import SimpleNamespace

class MetaData:
    def __init__(self, faults):
        self.sorted_tables = ["a", "b"]
        self.faults = faults
    def create_all(self, bind, tables=None, checkfirst=True):
        print(tables)
        if self.faults:
            self.faults -= 1
            raise LookupError("already exists")

def bind(name):
    @contextmanager
    def begin_nested():
        print("within")
        yield
    return SimpleNamespace(dialect=SimpleNamespace(name=name), begin_nested=begin_nested)

class SqlAlchemySqlStoreImpl:
    engine = tables = None
    async def _ensure_engine(self):
        if self.engine is None:
            self.engine = "there"
            await asyncio.sleep(0)
            self.tables = "there"
        return self.tables
    async def insert(self):
        await self._ensure_engine()
        print(self.tables)
"""
KV_STORE = """
class PostgresKVStoreImpl:
    faults = 1
    async def initialize(self):
        print("initialize")
        if self.faults:
            self.faults -= 1
            raise RuntimeError("no database")
"""


class Tables(Server):
    SQL = "storage/sqlstore/sqlalchemy_sqlstore.py"
    KV = "storage/kvstore/postgres/postgres.py"

    def run_stores(self, code, **more):
        imports = "import asyncio\nfrom llama_stack.core.storage.sqlstore.sqlalchemy_sqlstore import *\n"
        imports += "from llama_stack.core.storage.kvstore.postgres.postgres import *\n"
        return self.run_server(imports + textwrap.dedent(code), stores={self.SQL: SQL_STORE, self.KV: KV_STORE}, **more)

    def test_that_another_process_has_just_made_are_looked_for_again(self):
        code = "MetaData(faults=1).create_all(bind('sqlite'))"
        self.assertEqual(self.run_stores(code), "['a']\n['a']\n['b']\n")

    def test_are_made_within_a_transaction_that_postgresql_lets_fail(self):
        code = "MetaData(faults=1).create_all(bind('postgresql'), tables=['a'])"
        self.assertEqual(self.run_stores(code), "within\n['a']\nwithin\n['a']\n")

    def test_that_cannot_be_made_are_the_servers_fault_after_five_times(self):
        code = """
            try:
                MetaData(faults=9).create_all(bind("sqlite"))
            except LookupError as error:
                print(error)
        """
        self.assertEqual(self.run_stores(code), "['a']\n" * 5 + "already exists\n")

    def test_are_there_before_the_first_and_the_second_use(self):
        code = """
            async def use(store):
                await asyncio.gather(store.insert(), store.insert())
            store = SqlAlchemySqlStoreImpl()
            asyncio.run(use(store))
            asyncio.run(use(store))
        """
        self.assertEqual(self.run_stores(code), "there\n" * 4)
        self.assertIn("None", self.run_stores(code, program=False))

    def test_of_kv_are_made_again_once(self):
        code = "asyncio.run(PostgresKVStoreImpl().initialize())"
        self.assertEqual(self.run_stores(code), "initialize\ninitialize\n")


class Unknown(Server):
    def test_modules_stay_as_they_are(self):
        code = "from llama_stack.core import stack; print(sorted(name for name in vars(stack) if name[0] != '_'))"
        for what, stack, registry in [
            ("an empty module", "", ""),
            ("no function that registers", STACK.replace("register_resources", "register_all"), REGISTRY),
            ("another registry", STACK, REGISTRY.replace("CachedDisk", "Other")),
            ("a registry without update", STACK, REGISTRY.replace("def update", "def store")),
        ]:
            with self.subTest(what):
                mended = f"{code}; print(getattr(stack, 'refresh_registry_once', None))"
                with_it, without = (self.run_server(mended, stack, registry, program) for program in (True, False))
                self.assertEqual(with_it.split(" at ")[0], without.split(" at ")[0])

    def test_a_server_that_is_not_there_is_not_found(self):
        code = """
            import sys
            sys.path.clear()
            try:
                import ogx.core.stack
            except ModuleNotFoundError as error:
                print(error)
        """
        self.assertEqual(self.run_server(code), "No module named 'ogx'\n")


class Instrumentation(Server):
    def test_gives_its_own_sitecustomize_the_second_place(self):
        code = """
            import os, pathlib, sys
            first = pathlib.Path(os.environ["PYTHONPATH"].split(os.pathsep)[1], "opentelemetry", "instrumentation")
            package = first / "auto_instrumentation"
            package.mkdir(parents=True)
            (package / "__init__.py").write_text("from os import execl")
            (package / "sitecustomize.py").write_text("import sys; print('instrumented', 'llsd_server' in sys.modules)")
            from opentelemetry.instrumentation import auto_instrumentation
            os.environ["PYTHONPATH"] = str(package) + os.pathsep + os.environ["PYTHONPATH"]
            sys.stdout.flush()
            auto_instrumentation.execl(sys.executable, sys.executable, "-c", "print('server')")
        """
        self.assertEqual(self.run_server(code), "instrumented True\nserver\n")


if __name__ == "__main__":
    unittest.main()
