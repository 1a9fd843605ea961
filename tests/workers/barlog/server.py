"""An OpenAI-compatible server on loopback whose answers a test writes down, failures included."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hold_s: float = 0.0
    drip_s: float = 0.0
    hang_up: bool = False
    promised: int = 0
    stall_s: float = 0.0


def said(text: str | None, *, refusal: str | None = None, usage: bool = True, finish: str = "stop") -> Answer:
    """A chat completion that says the text."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if refusal is not None:
        message["refusal"] = refusal
    data: dict[str, Any] = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
    }
    if usage:
        data["usage"] = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return Answer(body=json.dumps(data).encode())


def failed(status: int, message: str, code: str | None = None, **headers: str) -> Answer:
    """An error as OpenAI words it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode()
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


Script = Callable[[dict[str, Any]], Answer]


class ScriptedServer:
    """Answers `/v1/chat/completions` by a script and lists `models`."""

    def __init__(self, script: Script, models: list[str] | None, key: str | None) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.script = script
        self.models = models
        self.key = key
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                """Silent."""

            def do_GET(self) -> None:
                if not self._is_let_in():
                    return
                if outer.models is None or not self.path.endswith("/models"):
                    self._send(failed(404, "not found"))
                    return
                listed = {"object": "list", "data": [{"id": m, "object": "model"} for m in outer.models]}
                self._send(Answer(body=json.dumps(listed).encode()))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.requests.append(body)
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                if self._is_let_in():
                    self._send(outer.script(body))

            def _is_let_in(self) -> bool:
                if outer.key is None or self.headers.get("authorization") == f"Bearer {outer.key}":
                    return True
                # Like some proxies, it repeats the key it was given, which must not get any further.
                self._send(failed(401, f"bad key {self.headers.get('authorization')}", "invalid_api_key"))
                return False

            def _send(self, answer: Answer) -> None:
                if answer.hold_s:
                    outer.released.wait(answer.hold_s)
                if answer.hang_up:
                    self.close_connection = True
                    self.connection.close()
                    return
                try:
                    self.send_response(answer.status)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(answer.promised or len(answer.body)))
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    for chunk in _chunks(answer):
                        self.wfile.write(chunk)
                        if answer.drip_s and outer.released.wait(answer.drip_s):
                            return
                    if answer.promised:
                        self.wfile.flush()
                        outer.released.wait(answer.stall_s)
                        self.close_connection = True
                except OSError:
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _chunks(answer: Answer) -> Iterator[bytes]:
    size = 1 if answer.drip_s else 1 << 20
    for start in range(0, len(answer.body), size):
        yield answer.body[start : start + size]


@contextmanager
def serving(
    *answers: Answer | Script, models: list[str] | None = None, key: str | None = None
) -> Iterator[ScriptedServer]:
    """A server that gives the answers one after another, the last one again and again."""
    given = iter(answers)
    last: list[Answer | Script] = []

    def script(request: dict[str, Any]) -> Answer:
        following = next(given, None)
        if following is not None:
            last[:] = [following]
        return last[0](request) if callable(last[0]) else last[0]

    server = ScriptedServer(script, ["small-model", "other"] if models is None else models, key)
    try:
        yield server
    finally:
        server.close()
