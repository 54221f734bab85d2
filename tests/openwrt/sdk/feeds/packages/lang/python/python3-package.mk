# A stand-in for the feed's python3-package.mk, which builds wheels unless PYTHON3_PKG_BUILD is 0.
# What lies below the paths of a package's filespec is there as bytecode alone, beside which lies no
# source; the -src package has that.

define Python3/Run
	cd "$(1)" && PYTHONDONTWRITEBYTECODE=1 $(3) $(HOST_PYTHON3_BIN) $(2)
endef

PYTHON3_PKG_BUILD?=1
ifneq ($(PYTHON3_PKG_BUILD),0)
Build/Compile=$(error a wheel would be built)
endif

define Py3Package/CopyFilespec
	echo '$(Py3Package/$(1)/filespec)' | tr -d ' \t' | while IFS='|' read -r sign path; do \
		[ "$$$$sign" = + ] || continue; \
		mkdir -p "$(2)$$$$(dirname "$$$$path")"; \
		cp -pR "$(PKG_INSTALL_DIR)$$$$path" "$(2)$$$$(dirname "$$$$path")/" || exit; \
	done
endef

define Py3Package
define Package/$(1)-src
$(call Package/$(1))
DEPENDS:=
endef
define Package/$(1)/install
	$$(call Py3Package/$(1)/install,$$(1))
	$$(call Py3Package/CopyFilespec,$(1),$$(1))
	$$(call Python3/Run,.,-m compileall -q -b -d / $$(1))
	find $$(1) -name '*.py' -delete
	sed -i '1s,^#!.*python.*,#!/usr/bin/python3,' $$(1)/usr/bin/*
endef
define Package/$(1)-src/install
	$$(call Py3Package/CopyFilespec,$(1),$$(1))
	find $$(1) -type f ! -name '*.py' -delete
endef
endef
