"""What the shipped config of a distribution does not say: why it does not start or run in a pod of ours, and the least that mends it."""

import copy

# Release → the distributions of its package that are built in; "rh" is made from the config of the image's sources.
SHIPPED_WITH_SERVER = {
    "0.3.5": ("starter",),
    "0.4.5": ("starter", "meta-reference-gpu"),
    "0.5.2": ("starter",),
    "0.6.1": ("starter", "starter-gpu"),
    "0.7.1": ("starter", "postgres-demo"),
    "0.8.0": ("starter",),
}

STATE = "${env.FILES_STORAGE_DIR:=~/%s/distributions/%s/files}"

# A provider that requires the API `files`, on whichever release: its type until 0.6, from 0.7 on.
NEEDS_FILES = ("inline::rag-runtime", "inline::file-search")


def mend(name: str, state_directory: str, config: dict) -> tuple[dict, str | None]:
    """Return the config, mended where it needs it, and a sentence that says what was done and why."""
    if "files" not in config["providers"]:
        return add_files(name, state_directory, config)
    if name == "rh":
        return mend_rh(config)
    return config, None


def add_files(name: str, state_directory: str, config: dict) -> tuple[dict, str]:
    """Add the provider of `files` without which the server does not start."""
    needing = next(entry for entry in config["providers"]["tool_runtime"] if entry["provider_type"] in NEEDS_FILES)
    files = {
        "provider_id": "meta-reference-files" if needing["provider_type"] == "inline::rag-runtime" else "builtin-files",
        "provider_type": "inline::localfs",
        "config": {
            "storage_dir": STATE % (state_directory, name),
            "metadata_store": {"backend": "sql_default", "table_name": "files_metadata"},
        },
    }
    mended = copy.deepcopy(config)
    mended["apis"] = [*config["apis"], "files"]
    mended["providers"]["files"] = [files]
    return mended, (
        f'The server does not start with the config that the image ships: its provider "{needing["provider_id"]}" '
        'requires the API `files`, which it lacks; the provider "' + files["provider_id"] + '" (inline::localfs) is added'
    )


def mend_rh(config: dict) -> tuple[dict, str]:
    """Take the paths of state from the variables that the pod sets, and give Azure its address back."""
    mended = copy.deepcopy(config)
    for entry in (entry for entries in mended["providers"].values() for entry in entries):
        settings = entry.get("config", {})
        if entry["provider_type"] == "remote::azure":
            entry["config"] = {"api_key": settings["api_key"], "base_url": "${env.AZURE_API_BASE:=}", **settings}
        if "storage_dir" in settings:
            settings["storage_dir"] = f"${{env.FILES_STORAGE_DIR:={settings['storage_dir']}}}"
        if "db_path" in settings:
            folder, _, file = settings["db_path"].rpartition("/")
            settings["db_path"] = f"${{env.MILVUS_DB_PATH:={folder}}}/{file}"
    return mended, (
        "The config that the image ships keeps files and vectors in a folder of the image, which a pod cannot write to, "
        "and gives Azure its address in a field that the server ignores; their paths are taken from FILES_STORAGE_DIR and "
        "MILVUS_DB_PATH, and `base_url` from AZURE_API_BASE"
    )
