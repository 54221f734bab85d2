# A stand-in for the SDK's rules.mk, as far as the package uses it.
SHELL:=/bin/bash
INCLUDE_DIR:=$(TOPDIR)/include
CP:=cp -fpR
INSTALL_DIR:=install -d -m0755

# A variable of make's as one of the shell's, as it is and with every line of it.
shvar=V_$(subst .,_,$(subst -,_,$(subst /,_,$(1))))
define shexport
export $(call shvar,$(1))=$$(call $(1))
endef
