"""What the package of a release does not say about the release as a whole."""

from since import Since

# Another release's name of an API → this release's.
RENAMED_APIS = Since(
    {
        "0.3": {"responses": "agents", "vector_dbs": "vector_stores"},
        "0.7": {"agents": "responses", "vector_dbs": "vector_stores"},
    }
)

# API → another release's provider type → this release's.
RENAMED_TYPES = Since(
    {
        "0.3": {
            "agents": {"inline::builtin": "inline::meta-reference"},
            "eval": {"inline::builtin": "inline::meta-reference"},
            "tool_runtime": {"inline::file-search": "inline::rag-runtime"},
            "vector_io": {"inline::builtin": "inline::faiss"},
        },
        "0.7": {
            "eval": {"inline::meta-reference": "inline::builtin"},
            "responses": {"inline::meta-reference": "inline::builtin"},
            "tool_runtime": {"inline::rag-runtime": "inline::file-search"},
            "vector_io": {"inline::meta-reference": "inline::faiss"},
        },
        "0.8": {
            "responses": {"inline::meta-reference": "inline::builtin"},
            "tool_runtime": {"inline::rag-runtime": "inline::file-search"},
            "vector_io": {
                "inline::builtin": "inline::faiss",
                "inline::meta-reference": "inline::faiss",
                "inline::sqlite_vec": "inline::sqlite-vec",
            },
        },
    }
)

# API → a type that no later release has → the last minor release with it, and what to write instead.
HUGGING_FACE = 'an endpoint of Hugging Face speaks the OpenAI API: write `provider: openai` with its URL as `endpoint`'
RETIRED_TYPES = {
    "inference": {
        "inline::meta-reference": ["0.4", "serve the model with vLLM and write `provider: vllm`"],
        "remote::hf::endpoint": ["0.6", HUGGING_FACE],
        "remote::hf::serverless": ["0.6", HUGGING_FACE],
        "remote::tgi": ["0.6", "TGI speaks the OpenAI API: write `provider: openai` with its URL as `endpoint`"],
    },
}

# Every API that some release has had since 0.3, so that another release's is told from a misspelling.
ALL_APIS = frozenset(
    "admin agents batches benchmarks connectors conversations datasetio datasets eval file_processors files inference"
    " inspect interactions messages models post_training prompts providers responses safety scoring scoring_functions"
    " shields telemetry tool_groups tool_runtime vector_io vector_stores".split()
)

# Names of tools in a CR and in other releases → the tool group; the first of the types is what serves it by default.
# `knowledge_search` and `builtin::rag` are the names that `file_search` had until 0.6.
TOOLS = {
    "builtin::file_search": (("file_search", "rag", "builtin::rag", "knowledge_search"), ()),
    "builtin::rag": (("rag", "file_search", "builtin::file_search", "knowledge_search"), ("inline::rag-runtime",)),
    "builtin::websearch": (
        ("websearch",),
        ("remote::tavily-search", "remote::brave-search", "remote::bing-search"),
    ),
    "builtin::wolfram_alpha": (("wolfram_alpha",), ("remote::wolfram-alpha",)),
}

# `provider/provider_model_id` until 0.7; 0.8.0 keeps the name that the model was registered by.
MODEL_IDENTIFIER = Since({"0.3": "provider_model_id", "0.8": "model_id"})

# register_model of the OpenAI mixin asks the provider until 0.5.
CHECKS_MODELS_AT_START = Since({"0.3": True, "0.6": False})

# Stores that stop the server when their value is null (core/stack.py); the others may be left out.
REQUIRED_STORES = ("connectors", "conversations", "inference", "metadata", "prompts")

# core/storage/kvstore/redis: get() hands out what redis-py gives, bytes, and 0.3 and 0.4 compare prompts with text.
REDIS_GIVES_BYTES = Since({"0.3": True, "0.5": False})

# What the server's distributions write for the stores of a release whose model has no default for them.
STORE_REFERENCES = {
    "conversations": {"backend": "sql_default", "table_name": "openai_conversations"},
    "inference": {"backend": "sql_default", "table_name": "inference_store"},
    "metadata": {"backend": "kv_default", "namespace": "registry"},
    "responses": {"backend": "sql_default", "table_name": "openai_responses"},
}

IMAGE_PREFIX = Since({"0.3": "docker.io/llamastack/distribution-", "0.8": "docker.io/ogx/distribution-"})

VARIABLES = Since(
    {
        "0.3": {"port": "LLAMA_STACK_PORT", "configDir": "LLAMA_STACK_CONFIG_DIR"},
        "0.8": {"port": "OGX_PORT", "configDir": "OGX_CONFIG_DIR"},
    }
)

# Variables by which the shipped configs and the samples place state → the path in the state directory.
STATE_VARIABLES = {"FILES_STORAGE_DIR": "files", "MILVUS_DB_PATH": "", "SQLITE_STORE_DIR": ""}

HEALTH_PATH = "/v1/health"
