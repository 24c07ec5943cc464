"""A Hub on loopback, as far as a repository is made, filled and read: files of commits, no LFS."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0" * 39 + "1"


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    @property
    def files(self) -> dict[str, bytes]:
        return self.server.files  # type: ignore[attr-defined]

    def answer(self, value: object, status: int = 200) -> None:
        self.send(json.dumps(value).encode(), {"Content-Type": "application/json"}, status)

    def send(self, content: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_POST(self) -> None:
        path, body = self.path.split("?")[0], self.body()
        if path == "/api/repos/create":
            name = json.loads(body)
            full = f"{name.get('organization') or 'someone'}/{name['name']}"
            self.answer({"url": f"http://{self.headers['Host']}/{full}", "id": full, "name": full})
        elif path == "/api/validate-yaml":  # of the card's head
            self.answer({"errors": [], "warnings": []})
        elif path.endswith("/preupload/main"):
            asked = json.loads(body)["files"]
            modes = [{"path": f["path"], "uploadMode": "regular"} for f in asked]
            self.answer({"files": [{**mode, "shouldIgnore": False} for mode in modes]})
        elif "/commit/" in path:
            for line in body.decode().splitlines():
                entry = json.loads(line)
                if entry["key"] == "file":
                    value = entry["value"]
                    self.files[value["path"]] = base64.b64decode(value["content"])
            url = f"http://{self.headers['Host']}/someone/digits"
            self.answer({"commitUrl": f"{url}/commit/{COMMIT}", "commitOid": COMMIT})
        else:
            self.answer({}, 404)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if "/resolve/" in path:
            content = self.files.get(path.split("/resolve/")[1].partition("/")[2])
            if content is None:
                self.send(b"", {"X-Error-Code": "EntryNotFound"}, 404)
                return
            etag = hashlib.sha256(content).hexdigest()
            self.send(content, {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"'})
        elif path.startswith("/api/models/someone/digits/tree/"):
            sizes = self.files.items()
            self.answer([{"type": "file", "path": n, "size": len(c), "oid": n} for n, c in sizes])
        elif path.startswith("/api/models/someone/digits"):
            files = [{"rfilename": name} for name in self.files]
            self.answer({"id": "someone/digits", "sha": COMMIT, "siblings": files, "tags": []})
        else:
            self.send(b"", {"X-Error-Code": "RepoNotFound"}, 404)

    do_HEAD = do_GET  # noqa: N815


@contextmanager
def hub() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yields the address of a running Hub and the files of its one repository."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.files = {}  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.files  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
