"""What the package of a release does not say about its provider types: read in the adapters, or seen when booting them."""

from since import Since


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
        # str(None) without it; 0.3 puts this path in the place of any other: urljoin(api_base, "/openai/v1")
        "remote::azure": url(
            "base_url",
            "api_base",
            path=Since({"0.3": strip("/openai/v1"), "0.4": add_to_host("/openai/v1")}),
            required=True,
        ),
        # 0.3 puts "v1" in the place of what follows the last slash, which changes nothing where the URL ends with it
        "remote::cerebras": url(*BASE_URL, path=Since({"0.3": add("/v1"), "0.4": add_to_host("/v1")})),
        # the field's description: "should include /serving-endpoints path"; str(None) without it
        "remote::databricks": url(
            *BASE_URL,
            path=Since({"0.3": strip("/serving-endpoints"), "0.4": add_to_host("/serving-endpoints")}),
            required=True,
        ),
        "remote::fireworks": Since({"0.3": None, "0.4": url(*BASE_URL, path=add_to_host("/inference/v1"))}),
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
        "remote::together": Since({"0.3": None, "0.4": url(*BASE_URL, path=add_to_host("/v1"))}),
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
    # until 0.5 the token is the pod's own: get_api_key() asks for Application Default Credentials
    ("inference", "remote::vertexai"): Since({"0.3": None, "0.6": "access_token"}),
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

# Fields that are needed only while the endpoint is the vendor's own: initialize(), "API key is required for hosted NVIDIA NIM".
REQUIRED_WITHOUT_ENDPOINT = {("inference", "remote::nvidia"): Since({"0.3": ["api_key"], "0.4": None})}

# Fields of the model that the adapter never reads, so that a value would be lost: an address that is fixed in the code, a
# credential that is inherited and not used.
UNREAD = {
    ("inference", "remote::ollama"): ["auth_credential"],
    ("inference", "remote::tgi"): ["auth_credential"],
    ("inference", "remote::vertexai"): Since({"0.3": ["auth_credential"], "0.6": None}),
    ("inference", "remote::fireworks"): Since({"0.3": ["url"], "0.4": None}),
    ("inference", "remote::together"): Since({"0.3": ["url"], "0.4": None}),
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
# Source: initialize() of the adapters, and register_model where it is not the mixin's, which checks nothing since 0.6.
REACHES_AT_START = {
    ("files", "remote::s3"): "always",  # head_bucket
    ("inference", "remote::ollama"): "with-resources",
    ("inference", "remote::watsonx"): Since({"0.6": "with-resources", "0.7": None}),  # the last on LiteLLM
    ("safety", "remote::bedrock"): "always",  # credentials of the pod's role; with keys of its own it needs session_ttl: null
    ("safety", "remote::sambanova"): "with-resources",
    ("vector_io", "remote::chromadb"): "always",  # AsyncHttpClient asks for the tenant
    ("vector_io", "remote::milvus"): "always",  # MilvusClient connects when it is made
    ("vector_io", "remote::oci"): "always",
    ("vector_io", "remote::pgvector"): "always",
}

# Who asks nobody when a model is registered, at the releases whose register_model does: check_model_availability of the
# adapter returns True, for vLLM once it has a token.
SKIPS_MODEL_CHECK = {
    ("inference", "remote::bedrock"): Since({"0.3": "always", "0.6": None}),
    ("inference", "remote::passthrough"): Since({"0.3": "always", "0.6": None}),
    ("inference", "remote::vllm"): Since({"0.3": "with-credential", "0.6": None}),
}

# Who asks for the list without a key, at the releases where a model that is not listed is refused: get_api_key of the
# adapter gives a text for none, or the list comes another way.
LISTS_WITHOUT_KEY = ("remote::nvidia", "remote::vllm", "remote::watsonx", "remote::bedrock", "remote::passthrough")

# MODEL_ENTRIES of the adapter, the vendor's names; register_model refuses any other.
MODEL_IDS = {
    ("inference", "remote::bedrock"): Since(
        {
            "0.3": [
                "meta.llama3-1-8b-instruct-v1:0",
                "meta.llama3-1-70b-instruct-v1:0",
                "meta.llama3-1-405b-instruct-v1:0",
            ],
            "0.4": None,
        }
    ),
}

# check_model_availability compares with "<provider id>/<vendor's name>", and LiteLLM puts "watsonx/" before any other.
MODEL_PREFIX = {("inference", "remote::watsonx"): Since({"0.3": "watsonx", "0.7": None})}

# What validators of the config classes say of two fields, which no JSON Schema does.
NEEDS = {
    ("inference", "remote::gemini"): Since({"0.8": {"access_token": "project", "project": "access_token"}}),
}
EXCLUDES = {
    ("inference", "remote::gemini"): Since({"0.8": [["access_token", "api_key"]]}),
}

# Types that the server of a release names but cannot load: importing the module raises PydanticUserError, or making the
# adapter ends in AttributeError, TypeError.
OVERRIDDEN_FIELD = (
    "its module cannot be imported: pydantic refuses a field that a class overrides without an annotation"
)
NO_INITIALIZE = "its adapter lacks a method that the server calls at start"
UNLOADABLE = {
    ("inference", "remote::passthrough"): Since({"0.3": NO_INITIALIZE, "0.4": None}),
    ("safety", "remote::sambanova"): Since({"0.3": NO_INITIALIZE, "0.5": None}),
    ("inference", "remote::hf::endpoint"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
    ("inference", "remote::hf::serverless"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
    ("inference", "remote::tgi"): Since({"0.3": OVERRIDDEN_FIELD, "0.7": None}),
}

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
