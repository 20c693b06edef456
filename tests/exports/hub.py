"""A small Hub of our own, on 127.0.0.1: the calls that huggingface_hub makes for one commit to a dataset's repository.

It keeps what a real one keeps (LFS objects, commits as whole trees) and checks what a real one checks (the token, the
SHA-256 of every large object, the parent of a commit). `trouble` makes one of its calls fail.
"""

import base64
import json
import re
import threading
from contextlib import contextmanager
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "hf_s3cretOfTheTest0123456789"
SIGNATURE = "s1gnedForTheTest"
OWN = {".gitattributes": b"*.parquet filter=lfs\n"}


class Hub:
    """What the server keeps: repositories with their visibility and their commits, each a whole tree."""

    def __init__(self):
        self.private = {}
        self.commits = {}
        self.objects = {}
        self.calls = []
        self.trouble = None
        self.url = ""

    def create(self, name, private, files=()):
        self.private[name] = private
        self.commits[name] = [("0" * 40, dict(OWN) | dict(files))]

    def files(self, name):
        return self.commits[name][-1][1]

    def commit(self, name, files):
        oid = sha1(repr((len(self.commits[name]), sorted(files))).encode()).hexdigest()
        self.commits[name].append((oid, files))
        return oid


def blob(content):
    return sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    @property
    def hub(self):
        return self.server.hub

    def answer(self, body, status=200):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle_call(self):
        path = self.path.split("?")[0]
        self.hub.calls.append(f"{self.command} {path}")
        trouble = self.hub.trouble
        if trouble and re.search(trouble[0], f"{self.command} {path}"):
            if trouble[1] == "cut":
                self.rfile.read(16)
                self.close_connection = True
                self.connection.shutdown(2)
                return
            if trouble[1] != "lost":
                self.body()
                self.answer({"error": "trouble of the test"}, trouble[1])
                return
        content = self.body()
        if not path.startswith("/objects/") and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer({"error": "Invalid credentials"}, 401)
            return
        self.respond(path, content)

    do_GET = do_POST = do_PUT = handle_call  # noqa: N815

    def respond(self, path, content):
        hub = self.hub
        if path == "/api/repos/create":
            asked = json.loads(content)
            name = f"{asked['organization']}/{asked['name']}"
            if name in hub.commits:
                self.answer({"url": f"{hub.url}/datasets/{name}", "error": "exists"}, 409)
            else:
                hub.create(name, asked.get("visibility") == "private")
                self.answer({"url": f"{hub.url}/datasets/{name}"})
            return
        if path == "/api/validate-yaml":
            self.answer({"errors": [], "warnings": []})
            return
        if path.startswith("/objects/"):
            oid = path.rsplit("/", 1)[1]
            right = sha256(content).hexdigest() == oid
            if right:
                hub.objects[oid] = content
            self.answer({}, 200 if right else 400)
            return
        if match := re.fullmatch(r"/datasets/(.+/.+)\.git/info/lfs/objects/batch", path):
            found = []
            for item in json.loads(content)["objects"]:
                entry = {"oid": item["oid"], "size": item["size"]}
                if item["oid"] not in hub.objects:
                    entry["actions"] = {"upload": {"href": f"{hub.url}/objects/{item['oid']}?Signature={SIGNATURE}"}}
                found.append(entry)
            self.answer({"transfer": "basic", "objects": found})
            return
        match = re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/(preupload|commit|tree|revision)/([^/]+))?", path)
        if not match or match[1] not in hub.commits:
            self.answer({"error": "Repository not found"}, 404)
            return
        name, call, revision = match.groups()
        head, files = hub.commits[name][-1]
        if call in (None, "revision"):
            self.answer({"id": name, "sha": head, "private": hub.private[name], "siblings": [], "tags": []})
        elif call == "preupload":
            asked = json.loads(content)["files"]
            modes = []
            for item in asked:
                mode = "lfs" if item["path"].endswith(".parquet") else "regular"
                there = files.get(item["path"])
                oid = {} if there is None else {"oid": blob(there) if mode == "regular" else sha256(there).hexdigest()}
                modes.append({"path": item["path"], "uploadMode": mode, "shouldIgnore": False, **oid})
            self.answer({"files": modes})
        elif call == "tree":
            tree = next(tree for oid, tree in reversed(hub.commits[name]) if revision in ("main", oid))
            listed = []
            for path, data in sorted(tree.items()):
                entry = {"type": "file", "path": path, "size": len(data), "oid": blob(data)}
                if path.endswith(".parquet"):
                    entry["lfs"] = {"oid": sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
                listed.append(entry)
            self.answer(listed)
        elif call == "commit":
            lines = [json.loads(line) for line in content.splitlines()]
            made = dict(files)
            for line in lines:
                value = line["value"]
                if line["key"] == "header" and value.get("parentCommit") not in (None, head):
                    self.answer({"error": "The parent commit is not the head"}, 412)
                    return
                if line["key"] == "file":
                    made[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "lfsFile":
                    made[value["path"]] = hub.objects[value["oid"]]
                elif line["key"] == "deletedFile":
                    del made[value["path"]]
            oid = hub.commit(name, made)
            if hub.trouble and hub.trouble[1] == "lost":
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.answer({"commitUrl": f"{hub.url}/datasets/{name}/commit/{oid}", "commitOid": oid})


@contextmanager
def hub():
    """A Hub that listens until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.hub = Hub()
    server.hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
