"""Finds a Chromium for the browser tests, or installs one: Debian's where we may, Playwright's own elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")


def find_browser() -> str | None:
    """The browser's path: `CHROMIUM`, or the first of the usual names, or the one Playwright keeps."""
    for path in (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)):
        if path and Path(path).exists():
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install_browser() -> None:
    """Try Debian's packages, then Playwright's download."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
    if find_browser() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if find_browser() is None:
        print("installing Chromium for the browser tests (once)", flush=True)
        install_browser()
    if find_browser() is None:
        sys.exit("no Chromium: install it (Debian: chromium and fonts-noto-cjk), or set CHROMIUM to its path")
