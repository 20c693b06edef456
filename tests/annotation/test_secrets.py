"""The token and the secret are in no output, log, file or process list, whatever goes wrong."""

import os
import threading
import time
from pathlib import Path

import pytest

from annotation.push import push
from tests.annotation.proxy import once, proxied
from tests.annotation.test_serve import SECRET, serving, wait_for

pytestmark = pytest.mark.slow


class ProcessList:
    """What anybody on this machine can read of the processes that run meanwhile."""

    def __enter__(self) -> "ProcessList":
        self.seen: set[bytes] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(path.read_bytes())
                except OSError:
                    continue

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc to look at")  # noqa: PTH112
def test_no_secret_is_in_any_output_file_or_process_list(label_studio, desk, document, tmp_path):
    desk.write(document("济南大学在山东。\n", [("济南大学", "ORG")]))
    with desk.config.open("a", encoding="utf-8") as file:
        file.write("timeout = 2\n")
    said: list[str] = []
    with ProcessList() as processes, proxied(label_studio.url) as proxy:
        push(desk.workspace)
        for command in (["push"], ["pull"], ["status", "--html", str(tmp_path / "report.html")]):
            for fault in (None, "500", "cut"):
                proxy.rule = once("/api/", fault, 3) if fault else (lambda *_: None)
                done = desk.process(*command, "--url", proxy.url)
                said.append(done.stdout + done.stderr)
        for name in ("LABEL_STUDIO_API_KEY", "LABEL_STUDIO_URL"):
            wrong = label_studio.token + ("0" if name.endswith("KEY") else "")
            value = wrong if name.endswith("KEY") else f"http://{label_studio.token}@127.0.0.1:1"
            done = desk.process("pull", **{name: value})
            assert done.returncode == 2
            said.append(done.stdout + done.stderr)
        with serving(desk) as (first, process):
            said.append(str(first))
            wait_for(lambda: processes.seen, 5)
            time.sleep(1)
        said += [process.stdout.read(), process.stderr.read()]
    secrets = {"token": label_studio.token, "secret": SECRET, "password": label_studio.login[1]}
    kept = {label_studio.settings.token_file, label_studio.server.login}
    places = [label_studio.settings.folder, desk.workspace.root, tmp_path]
    files = {path for place in places for path in place.rglob("*") if path.is_file()} - kept
    files = {path for path in files if ".sqlite3" not in path.name}  # the server's own database, which must know them
    assert any(path.name == "server.log" for path in files)
    assert any(b"annotation" in line for line in processes.seen)
    for name, secret in secrets.items():
        assert not [text for text in said if secret in text], name
        assert not [line for line in processes.seen if secret.encode() in line], name
        assert not [path for path in files if secret.encode() in path.read_bytes()], name
