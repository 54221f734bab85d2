"""From a configuration file to nodes, whichever of the two ways it is written in.

A file is UCI (OpenWrt's way) when its first word that is no comment is ``config`` or ``package``;
otherwise it is YAML. What reads the one loads nothing of the other.
"""

from __future__ import annotations

import os

from ruijie_proxy.config.shape.bounded_read import BYTE_ORDER_MARK, read_bounded
from ruijie_proxy.config.shape.problems import (
    ConfigurationForbidden,
    ConfigurationProblems,
    Problem,
    refuse,
)
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.notation import UCI, YAML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.config.shape.nodes import Document
    from ruijie_proxy.notation import Notation

LARGEST_FILE = 64 * 1024
"""Bytes. A session takes some hundred; PyYAML needs seconds for a megabyte."""
_TOO_MANY_NULS = 16
"""One byte of so many, and a file is none of text: of UTF-16, every second one is zero."""
_FIRST_WORDS_OF_UCI = ("config", "package")
_FOLDER_OF_UCI = "/etc/config"


def read_document(path: str) -> Document:
    """Read a file into nodes.

    Raises ConfigurationProblems when it cannot be read or is no text of the kind we take.
    """
    return parse_document(read_file(path), path)


def parse_document(data: bytes, file: str) -> Document:
    """Return the nodes of a file's content; ``file`` is its name for messages.

    Raises ConfigurationProblems when it is no text of the kind we take.
    """
    text = decode(data, file)
    if is_uci(text):
        from ruijie_proxy.config.notations.uci_document import parse_uci

        return parse_uci(text, file)
    from ruijie_proxy.config.notations.yaml_document import parse_yaml

    return parse_yaml(text, file)


def is_uci_file(path: str) -> bool:
    """Whether a configuration is written in OpenWrt's way; one that is not there is not.

    Raises ConfigurationProblems when it cannot be read.
    """
    return os.path.exists(path) and is_uci(decode(read_file(path), path))


def notation_of(path: str) -> Notation:
    """Return how a configuration is written; of one that cannot be read, how it has to be there."""
    try:
        is_written_so = is_uci_file(path)
    except ConfigurationProblems:
        is_written_so = False
    in_its_folder = os.path.dirname(path) == _FOLDER_OF_UCI
    return UCI if is_written_so or in_its_folder else YAML


def is_uci(text: str) -> bool:
    """Whether a file with this text is written in OpenWrt's way."""
    for line in text.splitlines():
        words = line.split(None, 1)
        if words and not words[0].startswith("#"):
            return words[0] in _FIRST_WORDS_OF_UCI
    return False


def read_file(path: str) -> bytes:
    """Return a file's content, and of a large one enough to see that it is too large.

    Raises ConfigurationProblems.
    """
    try:
        return read_bounded(path, LARGEST_FILE + 1)
    except FileNotFoundError:
        refuse(
            path,
            _("there is no such file"),
            _(
                "write one, at least {example}, or name another with -c",
                example=notation_of(path).shortest,
            ),
        )
    except PermissionError:
        wrong = _("this user may not read it")
        remedy = _("run as root, or change its permissions")
        raise ConfigurationForbidden([Problem(path, None, None, "", wrong, remedy)]) from None
    except IsADirectoryError:
        refuse(path, _("is a directory"), _("name the file in it"))
    except OSError as error:
        wrong = _("cannot be read: {reason}", reason=reason_of(error))
        refuse(path, wrong, _("name another file with -c"))


def decode(data: bytes, file: str) -> str:
    """Return the text of a file's content. Raises ConfigurationProblems."""
    if len(data) > LARGEST_FILE:
        refuse(
            file,
            _("has more than {size} KiB", size=LARGEST_FILE // 1024),
            _("name the configuration, which is much shorter"),
        )
    if data.count(0) * _TOO_MANY_NULS > len(data):
        remedy = _("name the configuration, saved as UTF-8 text")
        refuse(file, _("is not a text file"), remedy)
    if 0 in data:
        # libuci drops the rest of such a line without a word.
        before = data[: data.index(0)].decode(errors="replace")
        remedy = _("remove it, or write the file anew as text")
        refuse(file, _("a byte of zero has no place in a text file"), remedy, before)
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        remedy = _("save the file as UTF-8 (not as GBK or UTF-16)")
        refuse(file, _("is not UTF-8 text here"), remedy, before)
