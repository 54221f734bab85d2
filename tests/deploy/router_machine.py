"""A router that can be reached by SSH: dropbear, as OpenWrt has it, in a root that stands for one.

Its flash is a file system of its own, at /overlay as on a router, where tests choose its size.
Everything is in namespaces that end with dropbear, but for the network: it listens on loopback.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Literal

from tests.deploy.manager_commands import ASKING
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.networks import DSA
from tests.openwrt.router_root import FEED, Router

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DROPBEAR = "/usr/sbin/dropbear"
ARCHITECTURE = "mipsel_24kc"
PROGRAM = f"""\
#!/bin/sh
# In place of an executable with Python and the program in it.
PYTHONPATH=/checkout/src:{FEED} exec /usr/bin/python3 -m ruijie_proxy "$@"
"""
"""What self-contained packages of the tests hold."""
DAEMON = """\
#!/bin/sh
trap 'kill "$program"; wait; exit' TERM
while :; do
	/usr/bin/ruijie-proxy run 2>>/daemon.log &
	program=$!
	wait "$program"
	sleep 1
done
"""
"""As procd has it: what has ended, or was too early beside the one before, is started again."""
RELEASE = """\
DISTRIB_ID='OpenWrt'
DISTRIB_RELEASE='{release}'
DISTRIB_TARGET='ramips/mt7621'
DISTRIB_ARCH='{architecture}'
DISTRIB_DESCRIPTION='OpenWrt {release} r0-0'
"""

Manager = Literal["opkg", "apk"]
RELEASES: dict[Manager, str] = {"opkg": "24.10.0", "apk": "25.12.0"}


class RouterMachine:
    """A router that runs while the context lasts."""

    def __init__(self, folder: Path, manager: Manager, flash: int = 64_000) -> None:
        """Make it, in an empty folder. ``flash``: its size in kB."""
        self.router = Router(folder / "router", DROPBEAR)
        self.manager = manager
        self.port = _free_port()
        self.password = secrets.token_hex(8)
        self._flash = flash
        self._log = folder / "dropbear.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._key = folder / "key"
        self._make_root()

    @property
    def root(self) -> Path:
        return self.router.root

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.router.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def let_in(self, public_key: str) -> None:
        """Let whoever has a key in as root."""
        self.write("/root/.ssh/authorized_keys", public_key, 0o600)
        self.router.path("/root/.ssh").chmod(0o700)
        self.router.path("/root").chmod(0o700)

    def new_host_key(self) -> None:
        """Make the router another one, as far as ssh can tell."""
        self._key.unlink(missing_ok=True)
        subprocess.run(
            ["dropbearkey", "-t", "ed25519", "-f", str(self._key)], capture_output=True, check=True
        )
        shutil.copy(self._key, self.router.path("/etc/dropbear/key"))

    def has_luci(self) -> None:
        """Give it LuCI, as far as the pages notice."""
        self.router.path("/usr/share/luci/menu.d").mkdir(parents=True)
        self.router.path("/www/luci-static").mkdir(parents=True)

    def __enter__(self) -> RouterMachine:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start dropbear, and wait until it listens."""
        mounts = [f"mount --bind '{path}' '{self.root}{path}'" for path in self.router.mounts]
        mounts += [
            f"mount --bind '{CHECKOUT}' '{self.root}/checkout'",
            f"mount -t proc proc '{self.root}/proc'",
            f"mount -t tmpfs -o size={self._flash}k tmpfs '{self.root}/overlay'",
        ]
        dropbear = f"{DROPBEAR} -F -E -p 127.0.0.1:{self.port} -r /etc/dropbear/key"
        script = "\n".join(["set -e", *mounts, f"exec chroot '{self.root}' {dropbear}"])
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [
                *("unshare", "--mount", "--propagation", "private", "--pid", "--fork"),
                *("--kill-child", "sh", "-c", script),
            ],
            env={"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
        )
        os.close(writing)
        said = b""
        while b"Not backgrounding" not in said:
            piece = os.read(reading, 4096)
            assert piece, said.decode()
            said += piece
        self._said = reading

    def stop(self) -> None:
        """End it, and all that runs there."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            os.close(self._said)
            self._process = None

    def _make_root(self) -> None:
        for folder in ("checkout", "etc/dropbear", "overlay", "root", "usr/lib/opkg", "var/run"):
            self.router.path(f"/{folder}").mkdir(parents=True, exist_ok=True)
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"],
            input=self.password,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        self.write("/etc/passwd", "root:x:0:0:root:/root:/bin/ash\n")
        self.write("/etc/group", "root:x:0:\n")
        self.write("/etc/shadow", f"root:{hashed}:0:0:99999:7:::\n", 0o600)
        self.write("/etc/shells", "/bin/ash\n")
        # Where there is none, dropbear makes a file of the name.
        os.mknod(self.router.path("/dev/urandom"), 0o666 | stat.S_IFCHR, os.makedev(1, 9))
        self.new_host_key()
        self.write("/etc/config/network", DSA)
        self.write("/daemon", DAEMON, 0o755)
        release = RELEASE.format(release=RELEASES[self.manager], architecture=ARCHITECTURE)
        self.write("/etc/openwrt_release", release)
        if self.manager == "apk":
            self.write("/etc/apk/arch", f"{ARCHITECTURE}\n")
        else:
            self.write("/etc/opkg.conf", f"arch all 1\narch noarch 1\narch {ARCHITECTURE} 10\n")
        self.write(
            f"/usr/bin/{self.manager}",
            f"#!/bin/sh\n{ASKING[self.manager]}"
            f"PYTHONPATH=/checkout:{FEED} "
            f'exec /usr/bin/python3 -m tests.deploy.manager_commands {self.manager} "$@"\n',
            0o755,
        )


def _free_port() -> int:
    """Return a port that stays free until dropbear takes it.

    It is below those that the kernel hands out, and other processes of the tests look elsewhere.
    """
    for port in itertools.count(10_000 + os.getpid() % 1000 * 20):
        with contextlib.suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            break
    return port
