# make demo   the main job, shown on a virtual campus
# make test   every check and every test but those of foreign architectures; they are
# make test-packages  the self-contained packages of most routers, built and emulated; of all, or of
#             one architecture:    make test-packages ARCH=all    make test-packages ARCH=arm_xscale
# make ipk    OpenWrt's packages, into dist; of one executable:    make ipk ARCH=mipsel_24kc
# make apk    the same for OpenWrt 25.12 and later:                  make apk ARCH=mipsel_24kc
# make deb    Debian's package of one executable:                    make deb ARCH=amd64
# make executable  the executable alone, for other systems:         make executable ARCH=x86_64
# make release    every file for every router and box, into dist; of some:  make release ARCHS="x86_64 mipsel_24kc"
# make test-mips  the package of one executable on an emulated router, with its figures
# make test-vlan  a LAN that is a VLAN of a bridge, on an emulated machine whose kernel has VLANs
# make soak   the real daemon, disturbed in every way for some minutes:  make soak MINUTES=30
# make fuzz   every fuzzing target for some time:                        make fuzz SECONDS=60
# make setting KEY=heartbeat.interval  every place that a setting touches, and what is still missing
# All install what they need first: Debian's packages (as root), and a virtual environment in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Where `make install` puts the program, its configuration and its unit. PIP_* variables count.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALL_ARGUMENTS = $(PYTHON) $(PREFIX) $(SYSCONFDIR) $(UNITDIR)

.PHONY: demo setting test check unit test-packages bench ipk apk deb executable release test-mips test-vlan soak fuzz install uninstall clean

demo: $(READY)
	$(BIN)/ruijie-proxy lab demo

test: check unit

# Style and types.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# A test that was left out for want of namespaces or of a browser is a failure here.
PYTEST = RUIJIE_PROXY_REQUIRE_NAMESPACES=1 RUIJIE_PROXY_REQUIRE_BROWSER=1 $(BIN)/pytest
# Most of the time, a test waits for a switch's or a server's time.
WORKERS ?= $(shell expr 3 \* "$$(nproc)")

unit: $(READY)
	$(PYTEST) -m alone
	$(PYTEST) -m 'not alone and not foreign' -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# As in /etc/openwrt_release. Without it, ipk and apk make the package in Python and the one for LuCI.
ARCH ?=

# Building takes two minutes an executable, once.
test-packages: $(READY)
	RUIJIE_PROXY_ARCHITECTURES='$(ARCH)' $(PYTEST) -m '$(if $(ARCH),foreign or alone,foreign)' tests/openwrt/standalone

KEY ?=

setting: $(READY)
	$(BIN)/python -m tools.setting '$(KEY)'

bench: $(READY)
	$(BIN)/python -m bench

ipk apk: $(READY)
ifeq ($(ARCH),)
	$(BIN)/python -m openwrt.packaging --format $@
else
	executable=$$($(BIN)/python -m openwrt.standalone $(ARCH)) && \
		$(BIN)/python -m openwrt.packaging --format $@ self-contained $(ARCH) "$$executable"
endif

# amd64, arm64 or armhf for a deb; without ARCH, which there are is said.
deb executable: $(READY)
	$(BIN)/python -m openwrt.packaging $@ '$(ARCH)'

# As in /etc/openwrt_release, with blanks between; "all" is what is for all of them, and no more.
ARCHS ?=

# What was built before, and is still right, is not built again.
release: $(READY)
	$(BIN)/python -m openwrt.everything $(ARCHS)

# The self-contained package on a real MIPS kernel: its size, memory and start, and a relayed login.
test-mips: $(READY)
	sh tools/bootstrap_emulator.sh qemu-system-mipsel qemu-system-mips
	$(BIN)/python -m tests.mips

# What needs VLANs, on Debian's kernel: not every machine's has them.
test-vlan: $(READY)
	sh tools/bootstrap_emulator.sh qemu-system-x86_64 qemu-system-x86
	$(BIN)/python -m tests.vlan

MINUTES ?= 5

soak: $(READY)
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

SECONDS ?= 600
FUZZ_TARGETS ?= parsers engine story captures learn portal

# What is found is below .fuzz/; `python -m fuzz TARGET --keep` takes it into the corpus.
fuzz: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check --only-binary atheris 'atheris>=3.0'
	for target in $(FUZZ_TARGETS); do \
		$(BIN)/python -m fuzz $$target --seconds $(SECONDS) || exit; \
	done

# A virtual environment of its own in PREFIX/lib/ruijie-proxy, the command, the unit, an example of a
# configuration where there is none. Below DESTDIR, if that is set.
install:
	DESTDIR='$(DESTDIR)' sh tools/install.sh install $(INSTALL_ARGUMENTS)

# All of that except configuration and state.
uninstall:
	DESTDIR='$(DESTDIR)' sh tools/install.sh uninstall $(INSTALL_ARGUMENTS)

$(READY): pyproject.toml hatch_build.py tools/bootstrap.sh tools/catalogue.py $(wildcard src/ruijie_proxy/locale/*/*.po)
	sh tools/bootstrap.sh $(PYTHON) $(VENV)
	touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
