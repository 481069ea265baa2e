"""What the package of a release does not say about itself: read in the adapters' sources or seen when booting it.

A fact that changed between releases is written once for each release that changed it, with `Since`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Since:
    """A fact as a step function of the minor release: the value of the highest key that is not above it."""

    values: dict[str, object]

    def at(self, minor: str):
        """Return the value that holds in a minor release, None before the first."""
        known = [key for key in self.values if number(key) <= number(minor)]
        return self.values[max(known, key=number)] if known else None


def number(minor: str) -> tuple[int, ...]:
    """Order minor releases: "0.10" comes after "0.9"."""
    return tuple(int(part) for part in minor.split("."))


def fact(value, minor: str):
    """Return a fact as it holds in a minor release."""
    return value.at(minor) if isinstance(value, Since) else value


def url(*fields: str, path: dict | Since | None = None, required: bool = False) -> dict:
    """An endpoint that is one URL; the first of the fields that the release has is the one."""
    return {"form": "url", "fields": fields, "path": path, "required": required}


def add(path: str) -> dict:
    """The server sends requests to <URL>/chat/completions and the like, so the URL must hold the API's root."""
    return {"add": path}


def add_to_host(path: str) -> dict:
    """As `add`, but a URL with a path of its own is left alone: gateways serve this vendor's API under other roots."""
    return {"add": path, "hostOnly": True}


def strip(path: str) -> dict:
    """The server appends this path itself."""
    return {"strip": path}


# Inference endpoints: 0.3 spells most of them `url`; from 0.4 on all are `base_url`, and the path is the user's.
# Source: get_base_url() of each adapter, and the default of the field.
BASE_URL = ("base_url", "url")
ENDPOINTS = {
    "inference": {
        "remote::azure": url("base_url", "api_base", path=add_to_host("/openai/v1"), required=True),  # str(None) else
        "remote::cerebras": url(*BASE_URL, path=Since({"0.3": strip("/v1"), "0.4": add_to_host("/v1")})),
        # the field's description: "should include /serving-endpoints path"; str(None) without it
        "remote::databricks": url(*BASE_URL, path=add_to_host("/serving-endpoints"), required=True),
        "remote::fireworks": url(*BASE_URL, path=add_to_host("/inference/v1")),
        "remote::groq": url(*BASE_URL, path=Since({"0.3": strip("/openai/v1"), "0.4": add_to_host("/openai/v1")})),
        "remote::hf::endpoint": None,  # endpoint_name, a name and no URL
        "remote::hf::serverless": None,  # huggingface_repo, likewise
        "remote::llama-cpp-server": url(*BASE_URL, path=add("/v1")),
        "remote::llama-openai-compat": url(
            "base_url", "openai_compat_api_base", path=add_to_host("/compat/v1")
        ),
        "remote::nvidia": url(*BASE_URL, path=Since({"0.3": strip("/v1"), "0.4": add("/v1")})),
        "remote::ollama": url(*BASE_URL, path=Since({"0.3": strip("/v1"), "0.4": add("/v1")})),
        "remote::openai": url(*BASE_URL, path=add_to_host("/v1")),
        # _get_openai_client(): f"{base_url}/v1"; the URL may come with each request instead, but then no model is listed
        "remote::passthrough": url(*BASE_URL, path=strip("/v1"), required=True),
        "remote::runpod": url(*BASE_URL, path=add("/v1"), required=True),  # str(None) without it
        "remote::sambanova": url(*BASE_URL, path=add_to_host("/v1")),
        "remote::tgi": url(*BASE_URL, required=True),
        "remote::together": url(*BASE_URL, path=add_to_host("/v1")),
        # initialize(): "You must provide a URL in config.yaml (or via the VLLM_URL environment variable) to use vLLM."
        "remote::vllm": url(*BASE_URL, path=add("/v1"), required=True),
        "remote::watsonx": url(*BASE_URL, path=strip("/ml/v1")),  # get_base_url(): f"{base_url}/ml/v1"
        # their adapters fix the address, or make it from a region
        "remote::anthropic": None,
        "remote::bedrock": None,
        "remote::gemini": None,
        "remote::oci": None,
        "remote::vertexai": None,
    },
    "safety": {
        "remote::bedrock": None,  # made from the region
        "remote::nvidia": url("guardrails_service_url", path=strip("/v1")),  # "/v1/guardrail/checks" is appended
        "remote::passthrough": url("base_url", path=add("/v1"), required=True),  # "/moderations" is appended
        "remote::sambanova": url("url", path=add_to_host("/v1")),  # "/models" is appended
    },
    "vector_io": {
        # initialize(): "URL should not contain a path"
        "remote::chromadb": url("url", path={"none": True}, required=True),
        # the client refuses the field's own default, which has no scheme: "URL must include a 'scheme', 'host', and 'port'"
        "remote::elasticsearch": url("elasticsearch_url", required=True),
        "remote::infinispan": url("url"),
        "remote::milvus": url("uri", required=True),
        "remote::oci": None,  # conn_str is an Oracle connect descriptor
        "remote::pgvector": {"form": "host-port", "fields": ("host",), "portField": "port", "path": None, "required": False},
        # without a URL, a host or a location the client takes localhost
        "remote::qdrant": url("url"),
        # _get_client(): `host:port` where it contains "localhost", else the address of a Weaviate cloud cluster
        "remote::weaviate": url("weaviate_cluster_url"),
    },
    "files": {
        "remote::openai": None,  # OpenAI(api_key=…) and nothing else
        "remote::s3": url("endpoint_url"),
    },
    "datasetio": {
        "remote::huggingface": None,
        "remote::nvidia": url("datasets_url", path=strip("/v1")),  # "/v1/datasets" is appended
    },
    "eval": {"remote::nvidia": url("evaluator_url", path=strip("/v1"))},  # "/v1/evaluation/…" is appended
    "post_training": {"remote::nvidia": url("customizer_url", path=strip("/v1"))},
    "file_processors": {"remote::docling-serve": url("base_url", required=True)},
    "tool_runtime": {
        "remote::bing-search": None,
        "remote::brave-search": None,
        "remote::tavily-search": None,
        "remote::wolfram-alpha": None,
        # an MCP server is no field of the provider: it is a connector, until 0.6 a tool group's mcp_endpoint
        "remote::model-context-protocol": {"form": "connector"},
    },
}

# The one field that holds the credential, where its name is not `api_key` or `api_token`.
CREDENTIALS = {
    ("datasetio", "remote::nvidia"): "api_key",
    ("inference", "remote::oci"): None,  # requests are signed; get_api_key(): "<NOTUSED>"
    ("inference", "remote::ollama"): None,  # get_api_key(): "NO KEY REQUIRED"
    ("inference", "remote::tgi"): None,
    ("inference", "remote::vertexai"): "access_token",
    ("safety", "remote::bedrock"): None,  # a pair of keys, or a profile
    ("files", "remote::s3"): None,  # a pair of keys
    ("scoring", "inline::braintrust"): "openai_api_key",
    ("vector_io", "remote::elasticsearch"): "elasticsearch_api_key",
    ("vector_io", "remote::infinispan"): "password",
    ("vector_io", "remote::milvus"): "token",
    ("vector_io", "remote::oci"): "password",
    ("vector_io", "remote::pgvector"): "password",
    ("vector_io", "remote::weaviate"): "weaviate_api_key",
}

# Fields that the model leaves optional and the server cannot start without.
REQUIRED = {
    # kvstore_impl(None): 'NoneType' object has no attribute 'backend'
    ("vector_io", "remote::elasticsearch"): ["persistence"],
    ("vector_io", "remote::pgvector"): ["persistence"],
    # initialize(): "OCI_COMPARTMENT_OCID is a required parameter."
    ("inference", "remote::oci"): ["oci_compartment_id"],
    # botocore: NoRegionError, unless the pod has AWS_DEFAULT_REGION
    ("safety", "remote::bedrock"): ["region_name"],
}

# Values of fields that the CR need not know, where the release's sample has none or asks the environment for one.
STATE = "${env.SQLITE_STORE_DIR:=~/.llama/distributions/{distribution}}"
DEFAULTS = {
    ("vector_io", "inline::chromadb"): {"db_path": f"{STATE}/chroma.db"},
    ("vector_io", "inline::milvus"): {"db_path": f"{STATE}/milvus.db"},
    ("vector_io", "inline::qdrant"): {"path": f"{STATE}/qdrant.db"},
    ("vector_io", "remote::milvus"): {"token": None},  # the key must be there, its value may be null
}

# What a provider must reach while the server starts: always, or once a model or shield of it is registered.
# Source: initialize() of the adapters, and register_model of ollama, which overrides the one that checks nothing.
REACHES_AT_START = {
    ("files", "remote::s3"): "always",  # head_bucket
    ("inference", "remote::ollama"): "with-resources",
    ("safety", "remote::bedrock"): "always",  # credentials of the pod's role; with keys of its own it needs session_ttl: null
    ("safety", "remote::sambanova"): "with-resources",
    ("vector_io", "remote::chromadb"): "always",  # AsyncHttpClient asks for the tenant
    ("vector_io", "remote::milvus"): "always",  # MilvusClient connects when it is made
    ("vector_io", "remote::oci"): "always",
    ("vector_io", "remote::pgvector"): "always",
}

# Types that the server of a release names but cannot load: importing the module raises PydanticUserError.
OVERRIDDEN_FIELD = (
    "its module cannot be imported: pydantic refuses a field that a class overrides without an annotation"
)
UNLOADABLE = {
    ("inference", "remote::hf::endpoint"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
    ("inference", "remote::hf::serverless"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
    ("inference", "remote::tgi"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
}

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

# Inference types that serve models of some types only.
SERVES = {
    ("inference", "inline::meta-reference"): ["llm"],
    ("inference", "inline::sentence-transformers"): ["embedding"],
    ("inference", "inline::transformers"): ["rerank"],
}

# What register_shield of a safety type compares `provider_shield_id` with; the first is the one to write.
SHIELD_IDS = {
    ("safety", "inline::code-scanner"): ["code-scanner", "code-shield"],
    ("safety", "inline::prompt-guard"): ["Prompt-Guard-86M"],
}

# Safety types whose run_shield asks the inference API for the model `provider_shield_id`.
JUDGES_WITH_MODEL = {("safety", "inline::llama-guard")}

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
