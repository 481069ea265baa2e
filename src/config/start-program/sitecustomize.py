"""Python imports this file at every start, since its folder is on PYTHONPATH; so it works with every entrypoint.

llsd_environment.py, where it is there, prepares the environment; llsd_server.py mends the server as it is imported, and
llsd_stores.py its stores.
"""

import os
import sys

import llsd_server

HERE = os.path.dirname(os.path.abspath(__file__))


def pass_on():
    """Runs the sitecustomize that Python would have run without this one."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec(__name__, [path for path in sys.path if os.path.abspath(path) != HERE])
    if spec and spec.loader:
        from importlib.util import module_from_spec

        sys.modules[__name__] = module = module_from_spec(spec)
        spec.loader.exec_module(module)


if os.path.exists(os.path.join(HERE, "llsd_environment.py")):
    import llsd_environment

    llsd_environment.prepare()
llsd_server.install()
pass_on()
