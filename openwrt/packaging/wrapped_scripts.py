"""A package's own scripts inside of those that OpenWrt's build puts around them.

As ``include/package-pack.mk`` does it: functions of OpenWrt's (``/lib/functions.sh``) set up what
the package has (defaults, service), and take it away. For opkg they run the package's own script
(``postinst-pkg``, before the service is started); for apk it follows, in the same script.
"""

from __future__ import annotations

from collections.abc import Mapping

_SHELL = "#!/bin/sh\n"
_UNLESS_TOLD_NOT_TO = """\
[ "${IPKG_NO_SCRIPT}" = "1" ] && exit 0
"""
_FUNCTIONS = """\
[ -s "${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "${IPKG_INSTROOT}/lib/functions.sh"
"""
_INSTALLED = {"postinst": "postinst-pkg", "prerm": "prerm-pkg"}
"""What opkg calls the package's own, where a script of OpenWrt's goes around it."""


def for_opkg(own: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts by opkg's names. ``own``: the package's, by the build's names."""
    return {
        "postinst": f'{_SHELL}{_UNLESS_TOLD_NOT_TO}{_FUNCTIONS}default_postinst "$0" "$@"\n',
        "prerm": f'{_SHELL}{_FUNCTIONS}default_prerm "$0" "$@"\n',
        **{_INSTALLED.get(name, name): text for name, text in own.items()},
    }


def for_apk(package: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts by apk's names. ``package``: its name, by which they find its files."""
    package_known = f'export root="${{IPKG_INSTROOT}}"\nexport pkgname="{package}"\n'
    installed = (
        f"{_UNLESS_TOLD_NOT_TO}{_FUNCTIONS}{package_known}"
        f"add_group_and_user\ndefault_postinst\n{_body(own.get('postinst', ''))}"
    )
    upgraded = "export PKG_UPGRADE=1\n"
    scripts = {
        "post-install": _SHELL + installed,
        "post-upgrade": _SHELL + upgraded + installed,
        "pre-deinstall": (
            f"{_SHELL}{_FUNCTIONS}{package_known}default_prerm\n{_body(own.get('prerm', ''))}"
        ),
    }
    if "preinst" in own:
        scripts["pre-install"] = _SHELL + _body(own["preinst"])
        scripts["pre-upgrade"] = _SHELL + upgraded + _body(own["preinst"])
    if "postrm" in own:
        scripts["post-deinstall"] = _SHELL + _body(own["postrm"])
    return scripts


def _body(script: str) -> str:
    """Return a script without the line that names the shell."""
    return "".join(
        line for line in script.splitlines(keepends=True) if not line.lstrip().startswith("#!")
    )
