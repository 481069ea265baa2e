"""Prepares what the server cannot read by itself, in the environment, before it reads config.yaml.

It makes the folder SQLITE_STORE_DIR, and replaces these variables; they are used up, so that child processes inherit the
result and do not work again.

  LLSD_CA_BUNDLE: a file of certificates
    -> SSL_CERT_FILE: a file with them and the image's own roots
  LLSD_STORAGE_SQL_CONNECTION_STRING: the PostgreSQL database of sql
    -> PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE and the like
  LLSD_STORAGE_KV_CONNECTION_STRING: the PostgreSQL database of kv
    -> LLSD_STORAGE_KV_HOST, _PORT, _USER, _DATABASE, _SSLMODE, _SSLROOTCERT; PGPASSWORD, or _PASSWORD beside sql's
  LLSD_STORAGE_KV_ENDPOINT, LLSD_STORAGE_KV_PASSWORD: Redis
    -> LLSD_STORAGE_KV_HOST

What is wrong is one line on stderr that never holds a piece of a value, and exit code 78.
"""

import os
import re
import sys

KV = "LLSD_STORAGE_KV_"
JOINED = "/tmp/llsd-ca-bundle.pem"  # the root file system is read-only

# A parameter of a connection string -> the variable that both PostgreSQL libraries of the server read.
PG = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip
IGNORED = (
    "application_name fallback_application_name connect_timeout client_encoding gssencmode sslcompression "
    "keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout"
).split()
SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
HOST = r"[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\]?|/.*"
ENCODE = "'@', '/', '?' and '#' in the user or password must be written %40, %2F, %3F and %23"


class Fault(Exception):
    """What is wrong with a variable and how to mend it; never a piece of its value."""


def check(holds, fault):
    if not holds:
        raise Fault(fault)


def stop(variable, fault):
    """Ends the process: an exception would only be logged, and the server start without its settings."""
    os.write(2, f"{variable}: {fault}\n".encode())
    os._exit(78)


def decode(text):
    from urllib.parse import unquote_to_bytes

    digits = "'%' must be followed by two hex digits; '%' itself is written %25"
    check(not re.search("%(?![0-9A-Fa-f]{2})", text), digits)
    decoded = unquote_to_bytes(text).decode(errors="surrogateescape")
    check(not re.search("[\0\ud800-\udfff]", decoded), "percent-encoded bytes must be UTF-8 and not %00")
    return decoded


def encode(text):
    from urllib.parse import quote

    return quote(text, safe="")


def split_url(rest):
    """user:password@host:port,host:port/database?name=value&... as a list of names and values."""
    check(not re.search(r"[\x00-\x20\x7f]", rest), "blanks and control characters must be percent-encoded")
    check("#" not in rest, ENCODE)
    authority, database, query = re.fullmatch(r"([^/?]*)(?:/([^?]*))?(?:\?(.*))?", rest).groups(default="")
    check("@" not in database and ("@" in authority or "@" not in query), ENCODE)
    check("/" not in database, "'/' in the name of the database must be written %2F")
    login, _, hosts = authority.rpartition("@")
    check("@" not in login, "'@' in the user or password must be written %40")
    user, _, password = login.partition(":")
    parts = [re.fullmatch(r"(\[[^]]*\]|[^:]*)(?::(.*))?", entry).groups() for entry in hosts.split(",")]
    ports = ",".join(port or "5432" for _, port in parts) if any(port for _, port in parts) else ""
    location = {"dbname": database, "host": ",".join(host for host, _ in parts), "port": ports}
    given = {"user": user, "password": password, **location}
    pairs = [(name, decode(value)) for name, value in given.items() if value]
    for pair in query.split("&") if query else []:
        name, equals, value = pair.partition("=")
        check(name and equals, "parameters after '?' must be written name=value")
        pairs.append((name, decode(value)))
    return pairs


def split_words(text):
    """host=... user=... password='it\\'s' as a list of names and values, quoted as PostgreSQL does."""
    word = r"\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?:\s+|$)"
    check(re.fullmatch(f"(?:{word})+", text, re.S), "must be name=value words; a value with blanks stands in 'quotes'")
    return [(name, re.sub(r"\\(.)", r"\1", a or b, flags=re.S)) for name, a, b in re.findall(word, text, re.S)]


def split(variable, text):
    """A connection string as a dict of libpq's parameters, complete and checked."""
    url = re.match("postgres(?:ql)?(?:[+][a-z0-9]+)?://", text)
    words = "=" in text and "://" not in text.split("=")[0]
    check(url or words, "must begin with postgresql:// or be host=... user=...")
    given = {}
    for name, value in split_url(text[url.end() :]) if url else split_words(text):
        name = {"database": "dbname", "ssl": "sslmode"}.get(name, name)
        check(name in PG or name in IGNORED, f"parameters must be among {', '.join(PG)}: remove others")
        check(name not in given, f"{name} must be given once")
        if name in IGNORED:
            print(f"{variable}: {name} has no effect: the server cannot pass it on", file=sys.stderr)
        given[name] = value
    check(given.get("host"), "must name a host")
    check(given.get("user"), "must name a user")
    given["dbname"] = given.get("dbname") or given["user"]
    given["port"] = given.get("port") or "5432"
    hosts, ports = given["host"].split(","), given["port"].split(",")
    check(
        all(re.fullmatch(HOST, host) for host in hosts),
        "hosts must be names, addresses, IPv6 addresses in [brackets] or socket directories",
    )
    in_range = [re.fullmatch("[1-9][0-9]{0,4}", port) and int(port) < 65536 for port in ports]
    check(all(in_range), "ports must be numbers from 1 to 65535")
    check(len(ports) in (1, len(hosts)), "must give one port, or one for each host")
    if "sslmode" in given:
        given["sslmode"] = {"true": "require", "false": "disable"}.get(given["sslmode"], given["sslmode"])
        check(given["sslmode"] in SSL_MODES, f"sslmode must be one of {', '.join(SSL_MODES)}")
    return given


def settle_root_certificates(given, of_pod, joined):
    """sslmode=verify-* without a file of roots would only fail at the first request."""
    root = given.get("sslrootcert") or of_pod.get("PGSSLROOTCERT")
    if root == "system":
        import ssl

        root = joined or ssl.get_default_verify_paths().cafile
        check(root, "sslrootcert=system: the image has no roots; name a file that is mounted")
    elif not root and given.get("sslmode", "").startswith("verify"):
        root = joined or os.path.expanduser("~/.postgresql/root.crt")
        mend = "sslmode=verify-... needs sslrootcert=<a file that is mounted>, or networking.tls.caBundle"
        check(os.path.isfile(root), mend)
    if root:
        mend = "mount it with workload.overrides.volumes"
        check(os.path.isfile(root), f"the file of sslrootcert is missing in the container: {mend}")
        given["sslrootcert"] = root


def prepare_sql(variable, text, of_pod, joined):
    given = split(variable, text)
    settle_root_certificates(given, of_pod, joined)
    # asyncpg wants IPv6 addresses in brackets
    hosts = [host.strip("[]") for host in given["host"].split(",")]
    given["host"] = ",".join(f"[{host}]" if ":" in host and host[0] != "/" else host for host in hosts)
    os.environ.update({PG[name]: value for name, value in given.items() if name in PG})


def prepare_kv(variable, text, of_pod, joined):
    """psycopg2 takes host, port, user and database only from config.yaml, and the password best from PGPASSWORD."""
    given = split(variable, text)
    settle_root_certificates(given, of_pod, joined)
    kept = {name: given.pop(name) for name in ("host", "port", "user", "dbname")}
    kept["host"] = re.sub(r"[][]", "", kept["host"])
    kept["database"] = kept.pop("dbname")
    # the TLS settings of sql must not reach this database
    kept["sslmode"] = given.pop("sslmode", None) or of_pod.get("PGSSLMODE") or "prefer"
    kept["sslrootcert"] = given.pop("sslrootcert", "/nonexistent")
    password = given.get("password")
    if password and os.environ.get("PGPASSWORD", password) != password:
        kept["password"] = given.pop("password")
    for name, value in given.items():
        if name in PG and value:
            check(os.environ.get(PG[name], value) == value, f"{name} must be the same as for sql")
            os.environ[PG[name]] = value
    os.environ.update({KV + name.upper(): value for name, value in kept.items()})


def prepare_redis(variable, text):
    """The server pastes LLSD_STORAGE_KV_HOST into redis://{host}:6379; behind '#' its own port counts no more."""
    tls = "the server cannot speak TLS to Redis: give redis://..., of this Redis or of a TLS tunnel"
    check(not text.startswith("rediss:"), tls)
    one = "must name one Redis: the server knows neither Redis Cluster nor Sentinel"
    check("," not in text.rpartition("@")[2], one)
    login = r"(?:([^\s:@/?#]*)(?::([^\s:@/?#]*))?@)?"
    location = r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]+))?(?:/([0-9]*))?"
    parts = re.fullmatch(f"(?:redis://)?{login}{location}", text, re.ASCII)
    check(
        parts and 1 <= int(parts[4] or 6379) <= 65535,
        "must be redis://host:port/database or host:port, and user and password in it percent-encoded",
    )
    user, password = decode(parts[1] or ""), decode(parts[2] or "")
    if KV + "PASSWORD" in os.environ:
        check(not password, f"it holds a password, and {KV}PASSWORD is given too: remove one of them")
        password = read(KV + "PASSWORD")
    check(password or not user, f"it names a user, who needs a password in {KV}PASSWORD")
    login = f"{encode(user)}:{encode(password)}@" if password else ""
    # releases 0.3 and 0.4 compare bytes with text unless told to decode
    os.environ[KV + "HOST"] = f"{login}{parts[3]}:{parts[4] or 6379}/{parts[5] or 0}?decode_responses=true#"
    os.environ.pop(KV + "PASSWORD", None)


def join_ca_bundle(path):
    """SSL_CERT_FILE replaces the roots of the image, so they go into the file too: the system's and certifi's."""
    import ssl

    system = ssl.get_default_verify_paths()
    files = [path, system.cafile, system.capath and os.path.join(system.capath, "ca-certificates.crt")]
    try:
        import certifi

        files.append(certifi.where())
    except ImportError:
        pass
    certificates = {}
    for file in files:
        if file and os.path.isfile(file):
            with open(file, "rb") as content:
                found = re.findall(b"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", content.read(), re.S)
                certificates.update(dict.fromkeys(block.replace(b"\r", b"") for block in found))
        check(certificates, "the file of the CA bundle must hold PEM certificates")
    # several processes may start at once
    temporary = f"{JOINED}.{os.getpid()}"
    with open(temporary, "wb") as joined:
        joined.write(b"\n".join([*certificates, b""]))
    os.replace(temporary, JOINED)
    os.environ["SSL_CERT_FILE"] = JOINED
    return JOINED


def read(variable):
    text = os.environ[variable].rstrip("\r\n")
    if not text:
        stop(variable, "is empty")
    if re.search("[\ud800-\udfff]", text):  # what Python makes of other bytes
        stop(variable, "must be UTF-8")
    return text


def make_sqlite_folder():
    """The server makes the folder only for its kv file; with kv in a database, that of sql would not be found."""
    try:
        os.makedirs(os.environ["SQLITE_STORE_DIR"], exist_ok=True)
    except (KeyError, OSError):
        pass  # nothing to do, or the server says what is wrong with it


def prepare():
    make_sqlite_folder()
    of_pod, joined = dict(os.environ), None
    tasks = {
        "LLSD_CA_BUNDLE": lambda variable, text: join_ca_bundle(text),
        "LLSD_STORAGE_SQL_CONNECTION_STRING": lambda variable, text: prepare_sql(variable, text, of_pod, joined),
        KV + "CONNECTION_STRING": lambda variable, text: prepare_kv(variable, text, of_pod, joined),
        KV + "ENDPOINT": prepare_redis,
    }
    for variable, task in tasks.items():
        if variable not in os.environ:
            continue
        try:
            joined = task(variable, read(variable)) or joined
            os.environ.pop(variable)
        except Fault as fault:
            stop(variable, fault)
        except Exception as error:
            stop(variable, f"could not be used ({type(error).__name__})")
