"""The server release whose virtual environment runs the script that imports this: its package and a quiet environment.

Import it before anything of the server: the server reads its home and its logging settings while it is imported.
"""

import importlib
import importlib.util
import os
import sys
import sysconfig

PACKAGE = "ogx" if importlib.util.find_spec("ogx") else "llama_stack"
COMMAND = "ogx" if PACKAGE == "ogx" else "llama"
PORT_VARIABLE = "OGX_PORT" if PACKAGE == "ogx" else "LLAMA_STACK_PORT"

# What a test did not ask for must not decide what it sees, so nothing of the caller's environment stays but the
# program path. No download may start: model files and token tables are looked for on disk only.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "LANG": "C.UTF-8",
    "HOME": f"{os.path.dirname(sys.prefix)}/home",
    # litellm, in every lock, carries the token table that the file APIs want
    "TIKTOKEN_CACHE_DIR": sysconfig.get_path("purelib") + "/litellm/litellm_core_utils/tokenizers",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "NO_COLOR": "1",
    "TOGETHER_NO_BANNER": "1",
    "COLUMNS": "4000",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def set_environment(variables: dict[str, str]) -> None:
    """Replace the whole process environment by the quiet one and these variables."""
    os.environ.clear()
    os.environ.update(ENVIRONMENT | variables)


def server_module(name: str):
    """Import a module of the release's own package: "core.stack" → llama_stack.core.stack or ogx.core.stack."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def has_server_module(name: str) -> bool:
    """Tell whether the release has the module "core.stack"; its packages are imported to see."""
    try:
        return importlib.util.find_spec(f"{PACKAGE}.{name}") is not None
    except ModuleNotFoundError:
        return False


def take_stdout() -> int:
    """Return a descriptor for results; whatever the server prints to stdout goes to stderr from now on."""
    results = os.dup(1)
    os.dup2(2, 1)
    return results


def write_line(descriptor: int, line: str) -> None:
    """Write one line completely, however long it is."""
    data = line.encode() + b"\n"
    while data:
        data = data[os.write(descriptor, data) :]


set_environment({})
