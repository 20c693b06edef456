"""A server of our own starts without a question, keeps its secrets to its owner, and is gone when we are."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotation.studio import CONSTRAINTS, running, studio
from corpus.errors import JiaozhuError

pytestmark = pytest.mark.slow


def test_what_is_installed_is_pinned_and_names_no_place_of_ours():
    lines = [line for line in CONSTRAINTS.read_text().splitlines() if not line.startswith("#")]
    assert "label-studio==1.23.2" in lines
    assert [line for line in lines if line.count("==") != 1 or "/" in line or "@" in line] == []


def test_the_token_and_the_login_can_be_read_by_their_owner_alone(label_studio):
    for path in (label_studio.settings.token_file, label_studio.server.login):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_are_neither_in_the_arguments_of_the_server_nor_in_its_address_file(label_studio):
    _, password = label_studio.login
    shown = Path(f"/proc/{label_studio.server.pid}/cmdline").read_bytes().decode()
    shown += label_studio.server.login.with_name("server.json").read_text()
    assert "label-studio" in shown
    assert label_studio.token not in shown
    assert password not in shown


def test_it_listens_on_this_machine_only(label_studio):
    port = f":{int(label_studio.url.rsplit(':', 1)[1]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(port)}
    assert listening == {f"0100007F{port}"}


def test_a_second_server_on_the_same_folder_is_refused_with_the_address_of_the_first(label_studio, desk):
    assert running(desk.workspace.studio.folder) == label_studio.server
    done = desk.run("studio")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert f"already runs on this folder, at {label_studio.url}" in line


def test_a_busy_port_is_refused_and_not_exchanged_for_another(desk):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(JiaozhuError, match=f"port {port} of 127.0.0.1 is busy"), studio(desk.workspace, port):
            pass
    assert running(desk.workspace.studio.folder) is None


def test_a_folder_whose_token_was_lost_is_refused_with_the_remedy(desk):
    folder = desk.workspace.studio.folder
    folder.mkdir(parents=True)
    (folder / "label_studio.sqlite3").touch()
    with pytest.raises(JiaozhuError, match=r"login: missing.*restore it"), studio(desk.workspace):
        pass


def test_a_server_that_cannot_start_says_why_with_the_end_of_its_log(desk):
    folder = desk.workspace.studio.folder
    folder.mkdir(parents=True)
    (folder / "label_studio.sqlite3").write_text("this is no database " * 1000)
    for path in (folder / "login", desk.workspace.studio.token_file):
        path.touch(0o600)
        path.write_text("a@b.c\nsecret\n")
    with pytest.raises(JiaozhuError, match=r"ended while starting.*not a database"), studio(desk.workspace):
        pass
    assert running(folder) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_command_says_how_to_log_in_and_stops_its_server_when_asked_to(label_studio, desk, tmp_path, number):
    # A server of its own, from the migrated folder; the token stays where the workspace says.
    folder = tmp_path / "second"
    shutil.copytree(label_studio.settings.folder, folder, ignore=shutil.ignore_patterns("server.*"))
    command = [sys.executable, "-m", "jiaozhu", "--config", str(desk.config), "annotation", "studio"]
    process = subprocess.Popen(
        [*command, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts its background jobs with Ctrl-C ignored; tests may run in one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        said = [process.stdout.readline() for _ in range(6)]
        server = running(folder)
        assert server.url in said[0]
        _, password = label_studio.login
        assert "annotator@localhost" in said[1]
        assert password not in "".join(said)  # stdout is no terminal here
        assert str(folder / "login") in said[1]
        assert "登录邮箱" in said[4]
        process.send_signal(number)
        out, err = process.communicate(timeout=90)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()
    assert process.returncode == 0, err
    assert "已停止" in out
    assert running(folder) is None
    assert not (folder / "server.json").exists()
    assert not Path(f"/proc/{server.pid}").exists()


def test_a_server_that_outlives_us_is_still_known_by_its_folder(label_studio, desk, tmp_path):
    folder = tmp_path / "second"
    shutil.copytree(label_studio.settings.folder, folder, ignore=shutil.ignore_patterns("server.*"))
    command = [sys.executable, "-m", "jiaozhu", "--config", str(desk.config), "annotation", "studio"]
    process = subprocess.Popen([*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    process.kill()
    process.communicate()
    left = running(folder)
    assert left is not None
    os.killpg(left.pid, signal.SIGKILL)
    for _ in range(50):
        if running(folder) is None:
            break
        time.sleep(0.1)
    assert running(folder) is None
