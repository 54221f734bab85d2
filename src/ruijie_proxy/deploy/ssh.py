"""Scripts on a router, by OpenSSH's client: one connection, so that a password is asked for once.

The first ssh makes the connection and stays as its master (ssh_config(5), ControlMaster); the
others go through it by a socket. Windows' OpenSSH knows no such thing: there each is a connection
of its own. Passwords, keys and the router's identity are ssh's own business, which asks at the
terminal.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import cast

from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.deploy.ssh_troubles import connection_lost, not_connected
from ruijie_proxy.deploy.text import printable
from ruijie_proxy.i18n import _
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import IO

SCRIPTS = Path(__file__).parent
MOST_SAID = 256 * 1024
"""Bytes of a router's answer to a script."""
_END_TIMEOUT = 30
"""Seconds for ssh to end behind the last mark; it does so at once."""
_OPTIONS = (
    "-T",
    "-oConnectTimeout=15",
    # A router that was switched off is noticed after half a minute.
    "-oServerAliveInterval=10",
    "-oServerAliveCountMax=3",
    "-oClearAllForwardings=yes",
    "-oRequestTTY=no",
    "-oRemoteCommand=none",
)
_STAY = "exec cat >/dev/null"
"""What keeps the connection open until we end."""


class Answer(Frozen):
    """What a script has come to."""

    code: int
    said: str
    """What it has printed, as it is: it may be anything."""


class Connection:
    """A connection to a router, while the context lasts."""

    def __init__(
        self,
        target: str,
        port: int | None,
        options: Sequence[str],
        tell: Callable[[str], None],
        *,
        shared: bool = os.name != "nt",
    ) -> None:
        """``tell`` gets lines of ssh's own while it connects. ``shared``: one for all scripts."""
        self.target = target
        given = (f"-o{one}" for one in options)
        at_port = () if port is None else ("-p", str(port))
        self._options = (*given, *_OPTIONS, *at_port)
        self._tell = tell
        self._shared = shared
        self._mark = secrets.token_hex(8)
        self._master: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="rp-")
        self._socket = os.path.join(self._folder.name, "s")

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._master is not None:
            # The end of its input is the end of what keeps it.
            with self._master:
                self._master.terminate()
        self._folder.cleanup()

    def connect(self, script: str) -> Answer:
        """Connect, and return what a first script has come to. Raises NotDeployed."""
        master = ("-M", "-S", self._socket) if self._shared else ("-S", "none")
        stay = _STAY if self._shared else "exit"
        self._master = self._start(master, f"{self._wrapped(script, ())}; {stay}", subprocess.PIPE)
        said = self._read_to_end_mark(self._master, self._tell)
        if said is None:
            self._master.wait()
            raise not_connected(self.target, self._heard)
        if not self._shared:
            self._master.wait()
        return said

    def run(self, script: str, *words: str, data: bytes = b"") -> Answer:
        """Run a script of :data:`SCRIPTS` with these words; ``data``: its standard input.

        Raises NotDeployed, and ConnectionLost where the script may have run, or not to its end.
        """
        # Where the master is gone, ssh would connect anew and ask for the password.
        way = ("-S", self._socket, "-oProxyCommand=false") if self._shared else ("-S", "none")
        with tempfile.TemporaryFile() as file:
            # A file, since a pipe would have to be filled while the answer is read.
            file.write(data)
            file.seek(0)
            with self._start(way, self._wrapped(script, words), file) as process:
                try:
                    said = self._read_to_end_mark(process, None)
                    # It is not killed at once: that has been seen to end the master's next session.
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(_END_TIMEOUT)
                finally:
                    process.kill()
        if said is not None:
            return said
        if self._shared:
            raise connection_lost(self.target)
        raise not_connected(self.target, self._heard)

    def _wrapped(self, script: str, words: Sequence[str]) -> str:
        """Return a command for the router's shell, with marks around what the script prints."""
        text = (SCRIPTS / script).read_text(encoding="utf-8")
        command = shlex.join(("sh", "-c", text, script, *words))
        return f"echo {self._mark}; {command} 2>&1; code=$?; echo; echo {self._mark} $code"

    def _start(
        self, way: Sequence[str], command: str, data: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                ["ssh", *self._options, *way, "--", self.target, command],
                stdin=data,
                stdout=subprocess.PIPE,
                # One pipe for both, to be read to its end without a second one filling up. What is
                # not between the marks is ssh's.
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise NotDeployed(
                _(
                    "There is no ssh on this laptop. It is part of OpenSSH: on Debian and Ubuntu "
                    "“apt install openssh-client”, in Windows an optional feature."
                )
            ) from error

    def _read_to_end_mark(
        self, process: subprocess.Popen[bytes], tell: Callable[[str], None] | None
    ) -> Answer | None:
        """Return what stands between the marks; None where the second one does not come."""
        output = cast("IO[bytes]", process.stdout)  # it is a pipe
        mark = self._mark.encode()
        said: list[bytes] | None = None
        self._heard, size = "", 0
        while line := output.readline(MOST_SAID):
            size += len(line)
            if size > MOST_SAID:
                raise NotDeployed(
                    _(
                        "{target} says more than a router does; it is none, or a broken one.",
                        target=printable(self.target),
                    ),
                    Trouble.MISUSED,
                )
            word, _blank, code = line.strip().partition(b" ")
            if word == mark and said is None:
                said = []
            elif word == mark and said is not None and code.isdigit():
                return Answer(int(code), b"".join(said).decode(errors="replace"))
            elif said is None:
                text = line.decode(errors="replace")
                self._heard += text
                if tell is not None:
                    tell(printable(text))
            else:
                said.append(line)
        self._heard += b"".join(said or ()).decode(errors="replace")
        return None
