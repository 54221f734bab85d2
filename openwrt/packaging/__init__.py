"""Packages for OpenWrt, made without its SDK, and for Debian: the same bytes every time.

``python -m openwrt.packaging`` in a checkout writes them into ``dist/``; ``make ipk``,
``make apk``, ``make deb`` and ``make executable`` call it.
For the program's packages for OpenWrt, nothing is needed but Python's standard library, because the
SDK's own Python runs it, too, for the feed's package (``openwrt/Makefile``), which so installs the
same files.

:mod:`.package` says what a package is; :mod:`.archive` writes it for opkg, :mod:`.apk` (with
:mod:`.adb`) for apk, both with the scripts of :mod:`.wrapped_scripts`. What goes in comes from
:mod:`.service_files` (the same for every kind), :mod:`.program` and :mod:`.luci_app`;
:mod:`.kinds` puts it together.

:mod:`.debian` puts Debian's package together, with a :mod:`.man_page`, and :mod:`.deb` writes it;
:mod:`.plain_executable` is for systems that no package is made for.
"""
