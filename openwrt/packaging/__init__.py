"""Packages for OpenWrt, made without its SDK: for opkg and for apk, the same bytes every time.

``python -m openwrt.packaging`` in a checkout writes them into ``dist/``; ``make ipk`` and
``make apk`` call it.
For all but LuCI's pages, nothing is needed but Python's standard library, because the SDK's own
Python runs it, too, for the feed's package (``openwrt/Makefile``), which so installs the same
files.

:mod:`.package` says what a package is; :mod:`.archive` writes it for opkg, :mod:`.apk` (with
:mod:`.adb`) for apk, both with the scripts of :mod:`.wrapped_scripts`. What goes in comes from
:mod:`.service_files` (the same for every kind), :mod:`.program` and :mod:`.luci_app`;
:mod:`.kinds` puts it together.
"""
