# A stand-in for the SDK's package.mk. "make build" does what becomes of a package, below BUILD_DIR:
# <package>/root has its files, <package>/control its control files, and "fields" what the SDK reads.

PKG_BUILD_DIR?=$(BUILD_DIR)/source
PKG_INSTALL_DIR?=$(PKG_BUILD_DIR)/ipkg-install

build:

$(BUILD_DIR)/built:
	mkdir -p $(PKG_BUILD_DIR)
	$(Build/Prepare)
	$(Build/Configure)
	$(Build/Compile)
	touch $@

# Of a package, a control file: the SDK writes what a variable says, by way of the shell.
define ControlFile
ifdef Package/$(1)/$(2)
$(call shexport,Package/$(1)/$(2))
$(BUILD_DIR)/$(1)/control/$(2):
	mkdir -p $$(@D)
	echo "$$$$$(call shvar,Package/$(1)/$(2))" >$$@
build: $(BUILD_DIR)/$(1)/control/$(2)
endif
endef

define BuildPackage
$(eval $(Package/$(1)))
$(foreach name,conffiles preinst postinst prerm postrm description,
$(call ControlFile,$(1),$(name)))
$(BUILD_DIR)/$(1)/root: $(BUILD_DIR)/built
	mkdir -p $$@
	$(call Package/$(1)/install,$$@)
build: $(BUILD_DIR)/$(1)/root $(BUILD_DIR)/$(1)/fields
$(BUILD_DIR)/$(1)/fields:
	mkdir -p $$(@D)
	printf '%s\n' '$(PKG_NAME)' '$(PKG_VERSION)-$(PKG_RELEASE)' '$(strip $(DEPENDS))' \
		'$(strip $(TITLE))' '$(SECTION)' '$(PKG_LICENSE)' >$$@
endef
