"""A small Hub of our own, on 127.0.0.1: the calls that huggingface_hub makes for one commit to a dataset's repository.

It keeps what a real one keeps (large objects, commits as whole trees) and checks what a real one checks (the token, the
SHA-256 of every large object, the parent of a commit). Large objects come over LFS or over Xet, whose chunks it puts
together again. `trouble` makes one of its calls fail.
"""

import base64
import json
import re
import threading
from contextlib import contextmanager
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate

import pyarrow as pa

TOKEN = "hf_s3cretOfTheTest0123456789"
SIGNATURE = "s1gnedForTheTest"
XET_TOKEN = "x3tTokenOfTheTest"
OWN = {".gitattributes": b"*.parquet filter=lfs\n"}


class Hub:
    """What the server keeps: repositories with their visibility and their commits, each a whole tree."""

    def __init__(self):
        self.private = {}
        self.commits = {}
        self.objects = {}
        self.chunks = []  # of Xet, as they came
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


def chunks_of(xorb):
    """The chunks of a block of Xet: a header of eight bytes, then LZ4, its bytes in four groups, or as they are."""
    found = []
    while len(xorb) >= 8 and xorb[0] == 0:
        packed, size = (int.from_bytes(xorb[at : at + 3], "little") for at in (1, 5))
        scheme, data = xorb[4], xorb[8 : 8 + packed]
        if scheme:
            data = pa.decompress(data, size, "lz4", asbytes=True)
        if scheme == 2:
            borders = [0, *accumulate(-(-(size - at) // 4) for at in range(4))]
            made = bytearray(size)
            for at in range(4):
                made[at::4] = data[borders[at] : borders[at + 1]]
            data = bytes(made)
        found.append(data)
        xorb = xorb[8 + packed :]
    return found


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
        token = XET_TOKEN if path.startswith("/cas/") else TOKEN
        if not path.startswith("/objects/") and self.headers.get("Authorization") != f"Bearer {token}":
            self.answer({"error": "Invalid credentials"}, 401)
            return
        self.respond(path, content)

    do_GET = do_POST = do_PUT = handle_call  # noqa: N815

    def respond_xet(self, path, content):
        """No chunk is known before, and grants and streams of progress are a newer Hub's: a 404 says so."""
        if path.startswith("/cas/v1/xorbs/"):
            self.hub.chunks += chunks_of(content)
            self.answer({"was_inserted": True})
        elif path == "/cas/v1/shards":
            self.answer({"result": 1})
        else:
            self.answer({}, 404)

    def is_there(self, oid):
        """Whether an object came over LFS, or as chunks of Xet, side by side."""
        chunks = self.hub.chunks
        for first in range(len(chunks) if oid not in self.hub.objects else 0):
            digest = sha256()
            for last in range(first, len(chunks)):
                digest.update(chunks[last])
                if digest.hexdigest() == oid:
                    self.hub.objects[oid] = b"".join(chunks[first : last + 1])
                    return True
        return oid in self.hub.objects

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
        if path.startswith("/cas/"):
            self.respond_xet(path, content)
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
        match = re.fullmatch(
            r"/api/datasets/([^/]+/[^/]+)(?:/(preupload|commit|tree|revision|xet-write-token)/([^/]+))?", path
        )
        if not match or match[1] not in hub.commits:
            self.answer({"error": "Repository not found"}, 404)
            return
        name, call, revision = match.groups()
        head, files = hub.commits[name][-1]
        if call in (None, "revision"):
            self.answer({"id": name, "sha": head, "private": hub.private[name], "siblings": [], "tags": []})
        elif call == "xet-write-token":
            self.answer({"casUrl": f"{hub.url}/cas", "accessToken": XET_TOKEN, "exp": 4102444800})
        elif call == "preupload":
            asked = json.loads(content)["files"]
            modes = []
            for item in asked:
                mode = "lfs" if item["path"].endswith(".parquet") else "regular"
                there = files.get(item["path"])
                oid = {} if there is None else {"oid": blob(there) if mode == "regular" else sha256(there).hexdigest()}
                modes.append(
                    {
                        "path": item["path"],
                        "uploadMode": mode,
                        "shouldIgnore": False,
                        **oid,
                    }
                )
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
                    if not self.is_there(value["oid"]):
                        self.answer({"error": f"{value['path']}: its object is not there"}, 400)
                        return
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
