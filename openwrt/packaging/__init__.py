"""Packages for OpenWrt, made without its SDK: the format of opkg, the same bytes every time.

``python -m openwrt.packaging`` in a checkout writes them into ``dist/``; ``make ipk`` calls it.
For all but LuCI's pages, nothing is needed but Python's standard library, because the SDK's own
Python runs it, too, for the feed's package (``openwrt/Makefile``), which so installs the same
files.

:mod:`.archive` writes the format, :mod:`.package` says what a package is. What goes in comes from
:mod:`.service_files` (the same for every kind), :mod:`.program` and :mod:`.luci_app`;
:mod:`.kinds` puts it together.
"""
