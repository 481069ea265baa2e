"""The start program of a pod (src/config/start-program), run in a process that has imported the server already."""

import os
import runpy
import sys


def run_start_program(files: dict[str, str], folder: str) -> None:
    """Run these files, by name, as Python runs a sitecustomize.py on PYTHONPATH; they are written to the folder."""
    os.makedirs(folder, exist_ok=True)
    for name, text in files.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    os.environ["PYTHONPATH"] = folder
    sys.path.insert(0, folder)
    runpy.run_path(f"{folder}/sitecustomize.py", run_name="sitecustomize")
    # it mends what is imported after it
    mends = sys.modules["llsd_server"]
    for name in mends.MENDS:
        if name in sys.modules:
            mends.mend(sys.modules[name])
