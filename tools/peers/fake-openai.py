#!/usr/bin/env python3
"""A tiny OpenAI-compatible upstream that writes down what it is asked.

    fake-openai.py [--tls CERTIFICATE KEY] PORT LOG [MODEL...]

It listens on 127.0.0.1 (PORT 0 takes a free one), with --tls by HTTPS, and prints "ready PORT" when it does. LOG gets one
JSON line per request: {"method", "path", "authorization", "body"}. It serves GET /v1/models and /health, POST
/v1/chat/completions (the answer is "pong"), /v1/completions and /v1/embeddings (8 numbers each). The default MODEL is
"meta/llama".
"""

import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def models(names: list[str]) -> dict:
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 1, "owned_by": "fake"} for name in names],
    }


def completion(kind: str, choice: dict, body: dict) -> dict:
    choices = [{"index": 0, "finish_reason": "stop", **choice}]
    return {"id": "1", "object": kind, "created": 1, "model": body.get("model"), "choices": choices, "usage": USAGE}


def embeddings(body: dict) -> dict:
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": index, "embedding": [0.1] * 8} for index in range(len(texts))]
    return {"object": "list", "model": body.get("model"), "data": data, "usage": USAGE}


def answer(method: str, path: str, body, names: list[str]) -> tuple[int, dict]:
    """Choose the status and the body of an answer by the end of the path, so that any prefix serves."""
    if method == "GET" and path.endswith("/models"):
        return 200, models(names)
    if method == "GET" and path == "/health":
        return 200, {}
    if method == "POST" and path.endswith("/chat/completions"):
        message = {"role": "assistant", "content": "pong"}
        return 200, completion("chat.completion", {"message": message}, body)
    if method == "POST" and path.endswith("/completions"):
        return 200, completion("text_completion", {"text": "pong"}, body)
    if method == "POST" and path.endswith("/embeddings"):
        return 200, embeddings(body)
    return 404, {"error": {"message": f"{method} {path} is not served"}}


def main() -> None:
    arguments = sys.argv[1:]
    context = None
    if arguments[:1] == ["--tls"] and len(arguments) > 2:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*arguments[1:3])
        arguments = arguments[3:]
    if len(arguments) < 2:
        sys.exit(__doc__)
    names = arguments[2:] or ["meta/llama"]
    log = open(arguments[1], "a", buffering=1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(text) if text else None
            path = self.path.split("?")[0]
            request = {"method": self.command, "path": path, "authorization": self.headers.get("Authorization")}
            log.write(json.dumps(request | {"body": body}) + "\n")
            status, value = answer(self.command, path, body, names)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = serve

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", int(arguments[0])), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"ready {server.server_port}", flush=True)
    server.serve_forever()


main()
