"""One boot of the real server in a forked child: run it, ask it, end it. fork-server.py says what a case is."""

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import time
import traceback

import release
from start_program import run_start_program

HEALTH = "/v1/health"


def stage(error: BaseException) -> str:
    """Tell from its traceback how far the server came."""
    frames = traceback.extract_tb(error.__traceback__)
    functions = {frame.name for frame in frames}
    if "replace_env_vars" in functions:
        return "env" if type(error).__name__ == "EnvVarError" else "schema"
    if any(frame.name == "initialize" and frame.filename.endswith("core/stack.py") for frame in frames):
        return "init"
    if "create_app" in functions:
        return "serve"
    return "exit" if isinstance(error, SystemExit) else "schema"


def write_json(path: str, value) -> None:
    with open(path, "w") as file:
        json.dump(value, file)


def read_json(path: str):
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def run_server(command_line, case: dict, state: str, port: int) -> None:
    """Become the server: the body of the forked child; never returns."""
    os.setsid()
    log = os.open(f"{state}/log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(state)
    stores = {"HOME": state, "SQLITE_STORE_DIR": f"{state}/stores", "FILES_STORAGE_DIR": f"{state}/stores/files"}
    release.set_environment(stores | {release.PORT_VARIABLE: str(port)} | (case.get("env") or {}))
    if case.get("program"):
        run_start_program(case["program"], f"{state}/start-program")
    before = set(sys.modules)
    sys.argv = [release.COMMAND, "stack", "run", case["config"]]
    try:
        command_line.main()
        # uvicorn only logs a TypeError of the app's maker, and the command line then ends as if all were well
        failure = {"verdict": "exit", "error_type": "returned", "error": "the command line returned; see log_tail"}
    except BaseException as error:
        traceback.print_exc()
        failure = {"verdict": stage(error), "error_type": type(error).__name__, "error": str(error)}
    write_json(f"{state}/failure.json", failure)
    write_json(f"{state}/imported.json", [name for name in list(sys.modules) if name not in before])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


class Client:
    """HTTP to one server on the loopback address."""

    def __init__(self, port: int, tls: bool):
        self.port = port
        # the case's certificate is its own business; only the answer matters here
        self.context = ssl._create_unverified_context() if tls else None

    def call(self, method: str, path: str, body=None, timeout: float = 30) -> list:
        """Return [status, body], the body as JSON where it is JSON."""
        if self.context:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"} if text else {})
            response = connection.getresponse()
            answer = response.read().decode("utf-8", "replace")
        with contextlib.suppress(ValueError):
            answer = json.loads(answer)
        return [response.status, answer]

    def healthy(self) -> bool:
        try:
            return self.call("GET", HEALTH, timeout=5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False


def state_of(pid: int) -> str:
    """What became of a server that gave no answer; one that is ending gets a second to do so."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        # WNOWAIT leaves the process to be waited for
        if end := os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return f"the server ended with {'status' if end.si_code == os.CLD_EXITED else 'signal'} {end.si_status}"
        time.sleep(0.02)
    return "the server still runs"


def ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] != 0


def stop(pid: int, first_signal: int) -> None:
    """End the server and its workers; they get eight seconds before they are killed."""
    for number, seconds in ((first_signal, 8), (signal.SIGKILL, 60)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ended(pid):
                return
            time.sleep(0.02)


def wait_for_health(client: Client, pid: int, seconds: float) -> str:
    """Return "ok", "dead" or "timeout"."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ended(pid):
            return "dead"
        if client.healthy():
            return "ok"
        time.sleep(0.02)
    return "timeout"


def free_port() -> tuple[int, socket.socket]:
    """A port, and the claim to it that keeps it from other boots until both servers have listened.

    It is none of those that Linux gives to whoever asks for any, or that free-port.ts gives.
    """
    while True:
        port = random.randrange(10240, 20000)
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe, contextlib.suppress(OSError):
            claim.bind(f"\0llsd-server-{port}")
            probe.bind(("127.0.0.1", port))
            return port, claim
        claim.close()


def log_tail(state: str) -> str:
    try:
        with open(f"{state}/log", errors="replace") as file:
            return re.sub(r"\x1b\[[0-9;]*m", "", file.read())[-4000:]
    except OSError:
        return ""


def supervise(command_line, case: dict, learning: bool) -> dict:
    """Boot one case in a child, ask it what the case wants to know, end it."""
    begun = time.monotonic()
    state = case.get("state") or tempfile.mkdtemp(prefix="llsd-server-")
    os.makedirs(f"{state}/stores", exist_ok=True)
    for leftover in ("failure.json", "imported.json"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{state}/{leftover}")
    port, claim = free_port()
    pid = os.fork()
    if pid == 0:
        run_server(command_line, case, state, port)
    client = Client(port, bool(case.get("tls")))
    result = {"id": case.get("id"), "error_type": None, "error": None, "get": {}, "post": []}
    result["verdict"] = wait_for_health(client, pid, case.get("timeout") or 60)
    if result["verdict"] == "dead":
        unknown = {"verdict": "exit", "error_type": None, "error": "the process ended without an exception"}
        result |= read_json(f"{state}/failure.json") or unknown
    else:
        try:
            if result["verdict"] == "ok":
                result["get"] = {path: client.call("GET", path) for path in case.get("get") or []}
                result["post"] = [client.call("POST", path, body) for path, body in case.get("post") or []]
        except (OSError, http.client.HTTPException) as error:
            result |= {"verdict": "gone", "error_type": type(error).__name__, "error": f"{error}; {state_of(pid)}"}
        finally:
            stop(pid, signal.SIGINT if learning else signal.SIGKILL)
            claim.close()
    result["log_tail"] = log_tail(state)
    result["seconds"] = round(time.monotonic() - begun, 3)
    if learning and result["verdict"] == "ok":
        result["imported"] = read_json(f"{state}/imported.json") or []
    if not case.get("state"):
        shutil.rmtree(state, ignore_errors=True)
    return result
