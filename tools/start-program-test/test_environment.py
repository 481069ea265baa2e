"""Runs the start program in a process of its own for each case, and looks at the environment after it.

usage: python3 -m unittest discover tools/start-program-test
"""

import json
import os
import pathlib
import re
import runpy
import string
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import quote, unquote, urlsplit

HERE = pathlib.Path(__file__).parent
SOURCES = HERE.parent.parent / "src" / "config" / "start-program"
FOLDER = tempfile.TemporaryDirectory()
PROGRAM = pathlib.Path(FOLDER.name)
JOINED = PROGRAM / "joined.pem"
for source in SOURCES.glob("*.py"):
    # the certificates here are made up, and servers that are tested at the same time read the file that a pod has
    text = source.read_text("utf-8").replace("/tmp/llsd-ca-bundle.pem", str(JOINED))
    (PROGRAM / source.name).write_text(text, "utf-8")
sys.path.insert(0, str(PROGRAM))
SQL, KV = "LLSD_STORAGE_SQL_CONNECTION_STRING", "LLSD_STORAGE_KV_CONNECTION_STRING"
ENDPOINT, PASSWORD, HOST = "LLSD_STORAGE_KV_ENDPOINT", "LLSD_STORAGE_KV_PASSWORD", "LLSD_STORAGE_KV_HOST"
FORMS = json.loads((HERE / "connection-strings.json").read_text("utf-8"))
PG = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
PG |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "target_session_attrs": "PGTARGETSESSIONATTRS"}
PASSWORDS = [
    string.punctuation,
    "p@ s/w:o#r%d?&+=%41é\"'\\$[x]{y}|;,`",
    "пароль 密码 🔑",
    "12345678",
    "0012",
    "1e5",
    "true",
    "~root",
    "${env.HOME}",
    "$(HOME) $$",
]
REPORT = "import json, os; print(json.dumps(dict(os.environ)))"


def start(env, code=REPORT, path=()):
    """Starts Python with the program on PYTHONPATH, as in the pod; `path` are folders behind it."""
    base = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    base["PYTHONPATH"] = os.pathsep.join(map(str, [PROGRAM, *path]))
    return subprocess.run([sys.executable, "-c", code], env=base | env, capture_output=True, encoding="utf-8")


def run(env):
    """Runs the program in a copy of this process, which takes a tenth of the time of a new Python."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.environ.clear()
            os.environ.update({"HOME": "/nonexistent"} | env)
            sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")
            runpy.run_path(str(PROGRAM / "sitecustomize.py"), run_name="sitecustomize")
            print(json.dumps(dict(os.environ)), flush=True)
            sys.stderr.flush()
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        return subprocess.CompletedProcess([], code, *texts)


class Case(unittest.TestCase):
    maxDiff = None

    def environment(self, env, stderr="", **started):
        done = start(env, **started) if started else run(env)
        self.assertEqual((done.returncode, done.stderr), (0, stderr))
        return json.loads(done.stdout)

    def gives(self, env, expected):
        after = self.environment(env)
        names = {name for name in after if name.startswith(("PG", "LLSD_"))}
        self.assertEqual({name: after[name] for name in names}, expected)

    def refuses(self, env, line):
        """The whole of stderr is compared, so that no piece of a value can be in it."""
        done = run(env)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (78, "", line + "\n"))


class Sql(Case):
    def test_every_form(self):
        for form in FORMS:
            with self.subTest(form["what"]):
                if "fault" in form:
                    self.refuses({SQL: form["text"]}, f"{SQL}: {form['fault']}")
                else:
                    self.gives({SQL: form["text"]}, {PG[name]: value for name, value in form["gives"].items()})

    def test_every_password_percent_encoded(self):
        for password in PASSWORDS:
            with self.subTest(password):
                after = self.environment({SQL: f"postgresql://{quote(password, '')}:{quote(password, '')}@db/llama"})
                self.assertEqual((after["PGUSER"], after["PGPASSWORD"]), (password, password))

    def test_words_as_libpq_writes_them(self):
        for password in PASSWORDS:
            with self.subTest(password):
                quoted = password.replace("\\", "\\\\").replace("'", "\\'")
                after = self.environment({SQL: f"host=db port = 5433 user=app password='{quoted}' dbname=llama"})
                self.assertEqual(after["PGPASSWORD"], password)
                self.assertEqual((after["PGHOST"], after["PGPORT"], after["PGDATABASE"]), ("db", "5433", "llama"))
        self.assertEqual(self.environment({SQL: "host=::1 user=app"})["PGHOST"], "[::1]")
        fault = "must be name=value words; a value with blanks stands in 'quotes'"
        self.refuses({SQL: "host=db user=app password='aB3xYz"}, f"{SQL}: {fault}")

    def test_what_is_no_connection_string(self):
        form = f"{SQL}: must begin with postgresql:// or be host=... user=..."
        for text in ["mysql://app:aB3xYz@db/llama", "aB3xYz", "db:5432", "http://db/?a=b"]:
            with self.subTest(text):
                self.refuses({SQL: text}, form)
        self.refuses({SQL: ""}, f"{SQL}: is empty")
        self.refuses({SQL: "\n"}, f"{SQL}: is empty")
        blanks = "blanks and control characters must be percent-encoded"
        self.refuses({SQL: "postgresql://app:aB3 xYz@db/llama"}, f"{SQL}: {blanks}")

    def test_bytes_that_are_not_utf8(self):
        done = subprocess.run(
            [sys.executable, "-c", ""],
            env={b"PYTHONPATH": os.fsencode(PROGRAM), SQL.encode(): b"postgresql://app:aB3\xffxYz@db/llama"},
            capture_output=True,
            encoding="utf-8",
        )
        self.assertEqual((done.returncode, done.stderr), (78, f"{SQL}: must be UTF-8\n"))

    def test_a_trailing_newline_of_the_secret_is_dropped(self):
        for newline in ["\n", "\r\n"]:
            self.assertEqual(self.environment({SQL: f"postgresql://app:pw@db/llama{newline}"})["PGDATABASE"], "llama")

    def test_variables_of_the_pod_stand_where_the_string_is_silent(self):
        pod = {"PGPASSWORD": "of pod", "PGSSLMODE": "require"}
        after = self.environment(pod | {SQL: "postgresql://app@db/llama"})
        self.assertEqual((after["PGPASSWORD"], after["PGSSLMODE"]), ("of pod", "require"))
        after = self.environment(pod | {SQL: "postgresql://app:pw@db/llama?sslmode=disable"})
        self.assertEqual((after["PGPASSWORD"], after["PGSSLMODE"]), ("pw", "disable"))

    def test_a_parameter_without_effect_is_named(self):
        after = self.environment(
            {SQL: "postgresql://app:pw@db/llama?connect_timeout=3"},
            stderr=f"{SQL}: connect_timeout has no effect: the server cannot pass it on\n",
        )
        self.assertNotIn("PGCONNECT_TIMEOUT", after)


BUNDLE = "-----BEGIN CERTIFICATE-----\nb3Vycw==\n-----END CERTIFICATE-----\n"


def ca_file(text=BUNDLE):
    file = tempfile.NamedTemporaryFile("w", suffix=".crt", encoding="utf-8")
    file.write(text)
    file.flush()
    return file


def certificates(text):
    return re.findall("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", text, re.S)


class RootCertificates(Case):
    URL = "postgresql://app:pw@db/llama?sslmode=verify-full"

    def test_a_file_that_is_there(self):
        with tempfile.NamedTemporaryFile() as file:
            after = self.environment({SQL: f"{self.URL}&sslrootcert={quote(file.name)}"})
            self.assertEqual((after["PGSSLMODE"], after["PGSSLROOTCERT"]), ("verify-full", file.name))

    def test_a_file_that_is_missing(self):
        mend = "the file of sslrootcert is missing in the container: mount it with workload.overrides.volumes"
        self.refuses({SQL: f"{self.URL}&sslrootcert=/nonexistent"}, f"{SQL}: {mend}")

    def test_none_would_fail_at_the_first_request_only(self):
        mend = "sslmode=verify-... needs sslrootcert=<a file that is mounted>, or networking.tls.caBundle"
        self.refuses({SQL: self.URL}, f"{SQL}: {mend}")

    def test_the_ca_bundle_serves_sql_and_kv(self):
        with ca_file() as bundle:
            after = self.environment({SQL: self.URL, KV: self.URL, "LLSD_CA_BUNDLE": bundle.name})
            self.assertEqual(after["LLSD_STORAGE_KV_SSLROOTCERT"], after["SSL_CERT_FILE"])
            after = self.environment({SQL: self.URL, "LLSD_CA_BUNDLE": bundle.name})
            self.assertEqual(after["PGSSLROOTCERT"], after["SSL_CERT_FILE"])
            after = self.environment({SQL: "postgresql://app:pw@db?sslmode=require", "LLSD_CA_BUNDLE": bundle.name})
            self.assertNotIn("PGSSLROOTCERT", after)

    def test_a_file_that_the_pod_names_serves_sql_and_kv(self):
        with ca_file() as roots:
            after = self.environment({SQL: self.URL, KV: self.URL, "PGSSLROOTCERT": roots.name})
            self.assertEqual((after["PGSSLROOTCERT"], after["LLSD_STORAGE_KV_SSLROOTCERT"]), (roots.name, roots.name))

    def test_the_file_in_the_home_folder_serves_sql_and_kv(self):
        with tempfile.TemporaryDirectory() as home:
            roots = pathlib.Path(home, ".postgresql", "root.crt")
            roots.parent.mkdir()
            roots.write_text(BUNDLE)
            after = self.environment({SQL: self.URL, KV: self.URL, "HOME": home})
            self.assertEqual((after["PGSSLROOTCERT"], after["LLSD_STORAGE_KV_SSLROOTCERT"]), (str(roots), str(roots)))

    def test_the_roots_of_the_image(self):
        with ca_file() as roots:
            after = self.environment({SQL: f"{self.URL}&sslrootcert=system", "SSL_CERT_FILE": roots.name})
            self.assertEqual(after["PGSSLROOTCERT"], roots.name)


class Kv(Case):
    LOCATION = {HOST: "db", "LLSD_STORAGE_KV_PORT": "5432"}
    LOCATION |= {"LLSD_STORAGE_KV_USER": "app", "LLSD_STORAGE_KV_DATABASE": "llama"}
    TLS = {"LLSD_STORAGE_KV_SSLMODE": "prefer", "LLSD_STORAGE_KV_SSLROOTCERT": "/nonexistent"}

    def test_every_form(self):
        for form in FORMS:
            with self.subTest(form["what"]):
                if "fault" in form:
                    self.refuses({KV: form["text"]}, f"{KV}: {form['fault']}")
                    continue
                after = self.environment({KV: form["text"]})
                gives = form["gives"]
                self.assertEqual(after[HOST], gives["host"].replace("[", "").replace("]", ""))
                self.assertEqual(after["LLSD_STORAGE_KV_PORT"], gives["port"])
                self.assertEqual(after["LLSD_STORAGE_KV_USER"], gives["user"])
                self.assertEqual(after["LLSD_STORAGE_KV_DATABASE"], gives["dbname"])
                self.assertEqual(after["LLSD_STORAGE_KV_SSLMODE"], gives.get("sslmode", "prefer"))
                self.assertEqual(after.get("PGPASSWORD"), gives.get("password"))
                self.assertNotIn(PASSWORD, after)

    def test_one_identity_takes_any_password(self):
        for password in PASSWORDS:
            with self.subTest(password):
                url = f"postgresql://app:{quote(password, '')}@db/llama"
                self.gives({KV: url}, {"PGPASSWORD": password, **self.LOCATION, **self.TLS})
                after = self.environment({SQL: url, KV: url})
                self.assertEqual(after["PGPASSWORD"], password)
                self.assertNotIn(PASSWORD, after)

    def test_two_identities(self):
        sql = "postgresql://other:sql@db2/other?sslmode=disable"
        after = self.environment({SQL: sql, KV: "postgresql://app:p%40w@db/llama"})
        self.assertEqual((after["PGUSER"], after["PGPASSWORD"], after["PGSSLMODE"]), ("other", "sql", "disable"))
        self.assertEqual((after["LLSD_STORAGE_KV_USER"], after[PASSWORD]), ("app", "p@w"))
        self.assertEqual(after["LLSD_STORAGE_KV_SSLMODE"], "prefer")
        for password in PASSWORDS:
            with self.subTest(password):
                url = f"postgresql://app:{quote(password, '')}@db/llama"
                self.assertEqual(self.environment({SQL: sql, KV: url})[PASSWORD], password)

    def test_the_root_certificates_of_sql_stay_with_sql(self):
        with tempfile.NamedTemporaryFile() as file:
            sql = f"postgresql://app:pw@db/llama?sslmode=verify-full&sslrootcert={quote(file.name)}"
            after = self.environment({SQL: sql, KV: "postgresql://app:pw@db/llama?sslmode=require"})
            self.assertEqual(after["PGSSLROOTCERT"], file.name)
            self.assertEqual(after["LLSD_STORAGE_KV_SSLROOTCERT"], "/nonexistent")

    def test_a_user_or_database_that_looks_like_a_number(self):
        for text in ["12345", "true", "1e5", "~x"]:
            with self.subTest(text):
                after = self.environment({KV: f"postgresql://{text}:pw@db/{text}"})
                self.assertEqual((after["LLSD_STORAGE_KV_USER"], after["LLSD_STORAGE_KV_DATABASE"]), (text, text))


class Redis(Case):
    def test_every_password_and_user(self):
        for password in PASSWORDS:
            with self.subTest(password):
                env = {ENDPOINT: f"redis://{quote(password, '')}@h:6380/3", PASSWORD: password}
                after = self.environment(env)
                self.assertNotIn(PASSWORD, after)
                url = urlsplit(f"redis://{after[HOST]}:6379")
                self.assertEqual((unquote(url.username), unquote(url.password)), (password, password))
                self.assertEqual((url.hostname, url.port, url.path), ("h", 6380, "/3"))
                self.assertEqual(url.query, "decode_responses=true")

    def test_every_form_of_endpoint(self):
        rest = "?decode_responses=true#"
        for endpoint, password, host in [
            ("h", "pw", f":pw@h:6379/0{rest}"),
            ("h:6380", "pw", f":pw@h:6380/0{rest}"),
            ("redis://h", "pw\n", f":pw@h:6379/0{rest}"),
            ("redis://h:6380/", "pw", f":pw@h:6380/0{rest}"),
            ("[::1]:6380", "pw", f":pw@[::1]:6380/0{rest}"),
            ("redis://alice@h/2", "pw", f"alice:pw@h:6379/2{rest}"),
            ("redis://alice:p%40w@h/2\n", None, f"alice:p%40w@h:6379/2{rest}"),
            ("redis://:0012@h", None, f":0012@h:6379/0{rest}"),
            ("h:6380/1", None, f"h:6380/1{rest}"),
        ]:
            with self.subTest(endpoint):
                self.gives({ENDPOINT: endpoint} | ({PASSWORD: password} if password else {}), {HOST: host})

    def test_what_no_release_can_do(self):
        form = "must be redis://host:port/database or host:port, and user and password in it percent-encoded"
        for endpoint, fault in [
            ("rediss://h", "the server cannot speak TLS to Redis: give redis://..., of this Redis or of a TLS tunnel"),
            ("h1:6379,h2:6379", "must name one Redis: the server knows neither Redis Cluster nor Sentinel"),
            ("redis+sentinel://h/mymaster", form),
            ("unix:///run/redis.sock", form),
            ("redis://:aB3/xYz@h", form),
            ("redis://:aB3@xYz@h", form),
            ("redis://h:0", form),
            ("redis://h:70000", form),
            ("redis://h/x", form),
            ("redis://:aB3%zz@h", "'%' must be followed by two hex digits; '%' itself is written %25"),
            ("redis://alice@h", f"it names a user, who needs a password in {PASSWORD}"),
            ("", "is empty"),
        ]:
            with self.subTest(endpoint):
                self.refuses({ENDPOINT: endpoint}, f"{ENDPOINT}: {fault}")
        both = f"it holds a password, and {PASSWORD} is given too: remove one of them"
        self.refuses({ENDPOINT: "redis://:aB3xYz@h", PASSWORD: "pw"}, f"{ENDPOINT}: {both}")
        self.refuses({ENDPOINT: "h", PASSWORD: "\n"}, f"{PASSWORD}: is empty")


class CaBundle(Case):
    IMAGE = "# R\u00e4te\n-----BEGIN CERTIFICATE-----\naW1hZ2U=\n-----END CERTIFICATE-----\n"

    def joined(self, env):
        """The certificates of SSL_CERT_FILE and those of the certifi that this Python has."""
        code = f"{REPORT}; import certifi; print(open(certifi.where()).read())"
        with tempfile.TemporaryDirectory() as folder:
            # one that comes before the installed one, if any
            pathlib.Path(folder, "roots.pem").write_text(self.IMAGE.replace("aW1hZ2U=", "Y2VydGlmaQ=="))
            pathlib.Path(folder, "certifi.py").write_text(f"def where(): return {folder + '/roots.pem'!r}")
            done = start(env | {"SSL_CERT_DIR": "/nonexistent"}, code=code, path=[folder])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report, _, certifi = done.stdout.partition("\n")
        after = json.loads(report)
        self.assertNotIn("LLSD_CA_BUNDLE", after)
        self.assertEqual(after["SSL_CERT_FILE"], str(JOINED))
        return certificates(pathlib.Path(after["SSL_CERT_FILE"]).read_text()), certificates(certifi)

    def test_stands_before_the_roots_of_the_image_each_once(self):
        with ca_file(BUNDLE.replace("\n", "\r\n")) as bundle, ca_file(self.IMAGE + self.IMAGE + BUNDLE) as roots:
            joined, certifi = self.joined({"LLSD_CA_BUNDLE": bundle.name, "SSL_CERT_FILE": roots.name})
        self.assertEqual(joined, certificates(BUNDLE) + certificates(self.IMAGE) + certifi)

    def test_is_enough_where_the_image_has_no_file_of_roots(self):
        with ca_file() as bundle:
            joined, certifi = self.joined({"LLSD_CA_BUNDLE": bundle.name, "SSL_CERT_FILE": "/nonexistent"})
        self.assertEqual(joined, certificates(BUNDLE) + certifi)

    def test_without_a_certificate(self):
        fault = "LLSD_CA_BUNDLE: the file of the CA bundle must hold PEM certificates"
        with ca_file("no certificate") as bundle:
            self.refuses({"LLSD_CA_BUNDLE": bundle.name}, fault)
        self.refuses({"LLSD_CA_BUNDLE": "/nonexistent"}, fault)


class SqliteFolder(Case):
    def test_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            self.environment({"SQLITE_STORE_DIR": f"{folder}/distributions/starter"})
            self.assertTrue(os.path.isdir(f"{folder}/distributions/starter"))

    def test_is_left_to_the_server_where_it_cannot_be_made(self):
        self.environment({"SQLITE_STORE_DIR": "/dev/null/state"})


class EveryPython(Case):
    def test_without_its_variables_it_changes_nothing_and_loads_nothing(self):
        code = "import json, os, sys; print(json.dumps([dict(os.environ), sorted(sys.modules)]))"
        with_it, without = (json.loads(start(env, code=code).stdout) for env in ({}, {"PYTHONPATH": ""}))
        self.assertEqual(with_it[0] | {"PYTHONPATH": ""}, without[0])
        costly = {"ssl", "socket", "subprocess", "tempfile", "urllib.parse", "logging", "inspect", "ast", "typing"}
        self.assertEqual(costly & (set(with_it[1]) - set(without[1])), set())

    def test_a_child_inherits_and_does_not_work_again(self):
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {REPORT!r}])"
        after = self.environment({SQL: "postgresql://app:pw@db/llama", ENDPOINT: "h", PASSWORD: "pw"}, code=code)
        self.assertEqual((after["PGPASSWORD"], after[HOST]), ("pw", ":pw@h:6379/0?decode_responses=true#"))
        self.assertFalse({SQL, ENDPOINT, PASSWORD} & set(after))

    def test_a_program_that_puts_its_own_sitecustomize_first_and_starts_again_keeps_the_variables(self):
        with tempfile.TemporaryDirectory() as first:
            pathlib.Path(first, "sitecustomize.py").write_text("import os; os.environ['FIRST'] = '1'")
            code = (
                f"import os, sys; os.environ['PYTHONPATH'] = {first + os.pathsep!r} + os.environ['PYTHONPATH'];"
                f"os.execl(sys.executable, sys.executable, '-c', {REPORT!r})"
            )
            after = self.environment({SQL: "postgresql://app:pw@db/llama"}, code=code)
            self.assertEqual((after["FIRST"], after["PGHOST"]), ("1", "db"))

    def test_the_image_s_own_sitecustomize_runs_behind_it(self):
        with tempfile.TemporaryDirectory() as behind:
            own = "import os; os.environ['BEHIND'] = os.environ['PGHOST']; mark = 1"
            pathlib.Path(behind, "sitecustomize.py").write_text(own)
            pathlib.Path(behind, "another.py").write_text("")
            code = f"import sitecustomize, another; assert sitecustomize.mark; {REPORT}"
            after = self.environment({SQL: "postgresql://app:pw@db"}, code=code, path=[behind])
            self.assertEqual(after["BEHIND"], "db")


if __name__ == "__main__":
    unittest.main()
