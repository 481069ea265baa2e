"""Mends what stops the server: an edit, a secret that looks like a number, workers that start slowly. Releases 0.3 to 0.8 alike.

The server keeps in its kv store what it has registered (models, shields, tool groups). It does not start when
config.yaml has other values for one of them, now and at every later start. Here config.yaml wins, and what it has no more
is forgotten: a thing that it registered at the last start, and all that belongs to a provider that is gone. What clients
register stays. Vector stores, which hold data, are left alone; and a client that registers a thing twice is refused as before.

It is done within the server's own registry, as its modules are imported, and not by removing rows before the start: that
way it is one for sqlite, Redis and PostgreSQL, for every layout of the rows, and for workers that start at once. Where
a module does not look as expected, it stays as it is.
"""

import os
import sys

import llsd_stores

HERE = os.path.dirname(os.path.abspath(__file__))
REGISTERED = "llsd:registered"  # beside the rows of the registry: what config.yaml registered at the last start


def keep_text(stack):
    """What we put into the pod's variables stays text: a key 12345678 is no number, and ~ no home directory.

    Fields that are numbers or booleans take text too. Other variables, such as those of the image's own config, are
    converted as ever.
    """
    import re

    whole = re.compile(r"\$\{env\.((?:LLSD_|PG)[A-Z0-9_]+)(?::=[^}]*)?}")
    convert = stack.replace_env_vars

    def replace_env_vars(config, *path, **named):
        found = isinstance(config, str) and whole.fullmatch(config)
        # an empty one is left to the server, which names it; a file's last line end is not part of a Secret
        text = os.environ.get(found[1], "").rstrip("\r\n") if found else ""
        return text or convert(config, *path, **named)

    stack.replace_env_vars = replace_env_vars


def let_config_win(stack):
    """At start, config.yaml replaces what the registry has kept, and what a provider lists replaces nothing."""
    from contextvars import ContextVar

    registry = sys.modules[stack.create_dist_registry.__module__].CachedDiskDistributionRegistry
    register, update, source = registry.register, registry.update, ContextVar("source", default=None)
    registered = set()

    async def register_or_replace(self, entry):
        if source.get() == "config.yaml" and entry.type != "vector_store":
            registered.add((entry.type, entry.identifier))
        try:
            return await register(self, entry)
        except ValueError:
            known = source.get() and entry.type != "vector_store" and await self.get(entry.type, entry.identifier)
            if not known:
                raise
            if source.get() == "config.yaml":
                await update(self, entry)
            return True

    def from_source(name, function):
        async def call(*arguments, **named):
            token = source.set(name)
            try:
                return await function(*arguments, **named)
            finally:
                source.reset(token)

        return call

    register_resources = from_source("config.yaml", stack.register_resources)

    async def register_and_forget(config, tables, *more, **named):
        registered.clear()
        await register_resources(config, tables, *more, **named)
        await forget_unserved(tables)
        await forget_removed(tables, registered)

    # a listing that meets a model of config.yaml would end the start too, on 0.8
    refresh = from_source("listing", stack.refresh_registry_once)
    registry.register, stack.register_resources = register_or_replace, register_and_forget
    stack.refresh_registry_once = refresh


async def forget_unserved(tables):
    """Removes what no provider serves any more: it would be listed, fail at use, and on 0.7 and 0.8 end the start."""
    kinds = {"models": "model", "shields": "shield", "tool_groups": "tool_group"}
    for api, table in tables.items():
        kind = kinds.get(getattr(api, "value", None))
        if kind is None or not hasattr(table, "impls_by_provider_id"):
            continue
        for entry in await table.dist_registry.get_all():
            if entry.type == kind and entry.provider_id not in table.impls_by_provider_id:
                await table.dist_registry.delete(kind, entry.identifier)


async def forget_removed(tables, registered):
    """Removes what config.yaml registered at the last start and does no more, and notes what it has registered now."""
    import json

    registry = next((table.dist_registry for table in tables.values() if hasattr(table, "dist_registry")), None)
    store = getattr(registry, "kvstore", None)
    if store is None:
        return
    for kind, identifier in json.loads(await store.get(REGISTERED) or "[]"):
        if (kind, identifier) not in registered and await registry.get(kind, identifier):
            await registry.delete(kind, identifier)
    await store.set(REGISTERED, json.dumps(sorted(registered)))


def come_first(instrumentation):
    """opentelemetry-instrument puts a sitecustomize of its own before ours, which does not pass on: they change places."""
    become = instrumentation.execl

    def become_server(*command):
        others = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder != HERE]
        os.environ["PYTHONPATH"] = os.pathsep.join([HERE, *others])
        become(*command)

    instrumentation.execl = become_server


def wait_for_workers(supervisor):
    """A worker has ten minutes to start, as its pod has; uvicorn ends one that says nothing for five seconds.

    While it imports the server it says nothing: on little CPU each would be ended and started anew for ever.
    """
    from time import monotonic

    worker = supervisor.Process
    start, is_alive = worker.start, worker.is_alive

    def start_and_note(self):
        self.llsd_until = monotonic() + 600
        start(self)

    def is_alive_or_starting(self, *given, **named):
        return is_alive(self, *given, **named) or (self.process.is_alive() and monotonic() < self.llsd_until)

    worker.start, worker.is_alive = start_and_note, is_alive_or_starting


MENDS = {
    # they read config.yaml and register what stands in it
    "llama_stack.core.stack": [keep_text, let_config_win],
    "ogx.core.stack": [keep_text, let_config_win],
    **llsd_stores.MENDS,
    "uvicorn.supervisors.multiprocess": [wait_for_workers],
    "opentelemetry.instrumentation.auto_instrumentation": [come_first],
}


def mend(module):
    for change in MENDS[module.__name__]:
        try:
            change(module)
        except (AttributeError, KeyError):
            pass  # a release that is not known: it stays as it is


class Finder:
    """Finds the modules of MENDS as Python would, and mends each when it has been imported."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name not in MENDS:
            return None
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not cls)
        spec = next(filter(None, found), None)
        execute = getattr(spec and spec.loader, "exec_module", None)

        def execute_and_mend(module):
            execute(module)
            mend(module)

        if execute:
            spec.loader.exec_module = execute_and_mend
        return spec


def install():
    sys.meta_path.insert(0, Finder)
