"""Mends the stores of the server where they lose what was put there, or stop one of two processes that start at once."""

import os


def share_tables(store):
    """Of two processes that both find that a table is not there, the second one does not end over the first one's.

    On sqlite there is no transaction around it, and none is wanted: it would keep seeing the database of before.
    """
    from contextlib import nullcontext

    class SharedMetaData(store.MetaData):
        def create_all(self, bind, tables=None, checkfirst=True):
            within = bind.begin_nested if bind.dialect.name == "postgresql" else nullcontext
            create = again(super().create_all, within)
            for table in self.sorted_tables if tables is None else tables:
                create(bind, tables=[table], checkfirst=checkfirst)

    store.MetaData = SharedMetaData


def wait_for_journal(store):
    """Who opens a new sqlite file gives it its journal; who opens it meanwhile is refused at once, not after the five
    seconds that the server wants to wait."""
    from contextlib import nullcontext
    from types import SimpleNamespace

    event = store.event

    def listens_for(target, name):
        return lambda function: event.listen(target, name, again(function, nullcontext, [0.05] * 100))

    store.event = SimpleNamespace(**{**vars(event), "listens_for": listens_for})


def again(function, within, pauses=(0.02, 0.04, 0.08, 0.16)):
    """Calls a function until it does not fail: once, and once more after each pause of so many seconds."""
    from time import sleep

    def call(*arguments, **named):
        for pause in pauses:
            try:
                with within():
                    return function(*arguments, **named)
            except Exception:
                sleep(pause)
        with within():
            return function(*arguments, **named)

    return call


def make_tables_before_use(store):
    """From 0.6 on the first use makes the tables; another use at that moment waits for it, and does not miss them."""
    from asyncio import Lock

    ensure_engine = store.SqlAlchemySqlStoreImpl._ensure_engine

    async def ensure_tables(self):
        # a store may be used in one event loop and then in another, each time alone
        if not vars(self).get("llsd_lock") or not self.llsd_lock.locked():
            self.llsd_lock = Lock()
        async with self.llsd_lock:
            await ensure_engine(self)

    store.SqlAlchemySqlStoreImpl._ensure_engine = ensure_tables


def share_kv_table(store):
    """PostgreSQL refuses one of two that make a table at once, even where it is there."""
    initialize = store.PostgresKVStoreImpl.initialize

    async def initialize_again(self):
        try:
            await initialize(self)
        except RuntimeError:
            await initialize(self)

    store.PostgresKVStoreImpl.initialize = initialize_again


def list_keys(store):
    """What was put into Redis or PostgreSQL is found again when it is looked for by its beginning, such as prompts.

    The server gives the keys with the namespace before them, and then puts it there a second time; on Redis up to 0.3
    it asks for an attribute that is not there.
    """
    implementation = getattr(store, "RedisKVStoreImpl", None) or store.PostgresKVStoreImpl
    in_range, namespaced = implementation.keys_in_range, implementation._namespaced_key

    async def keys_in_range(self, start_key, end_key):
        namespace = namespaced(self, "")
        if hasattr(self, "redis"):
            keys = await scan(self.redis, namespace + start_key, namespace + end_key)
        else:
            keys = await in_range(self, start_key, end_key)
        return [key[len(namespace) :] if key.startswith(namespace) else key for key in keys]

    implementation.keys_in_range = keys_in_range


async def scan(redis, start, end):
    # what has a meaning in a pattern of Redis stands for one character of any kind
    pattern = "".join("?" if sign in "*?[]^\\" else sign for sign in os.path.commonprefix([start, end]))
    found = [key async for key in redis.scan_iter(match=pattern + "*", count=1000)]
    keys = sorted(key.decode() if isinstance(key, bytes) else key for key in found)
    return [key for key in keys if start <= key <= end]


def connect_in_each_loop(store):
    """The server starts in one event loop and serves in another, where a connection of the first one ends a request."""
    from asyncio import get_running_loop
    from weakref import WeakKeyDictionary

    def client(self):
        if self.llsd_clients is None:
            return None
        loop = get_running_loop()
        if loop not in self.llsd_clients:
            self.llsd_clients[loop] = store.Redis.from_url(self.config.url)
        return self.llsd_clients[loop]

    def set_client(self, given):
        # the loop may be gone before the next use, and its client with it
        self.llsd_clients = None if given is None else WeakKeyDictionary({get_running_loop(): given})

    implementation = store.RedisKVStoreImpl
    setattr(implementation, "_redis" if hasattr(implementation, "_client") else "redis", property(client, set_client))


MENDS = {
    module.format(package): changes
    for package in ["llama_stack.providers.utils", "llama_stack.core.storage", "ogx.core.storage"]
    for module, changes in {
        "{}.sqlstore.sqlalchemy_sqlstore": [share_tables, make_tables_before_use, wait_for_journal],
        "{}.kvstore.postgres.postgres": [share_kv_table, list_keys],
        "{}.kvstore.redis.redis": [list_keys, connect_in_each_loop],
    }.items()
}
