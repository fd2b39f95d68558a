# SPDX-License-Identifier: GPL-2.0
# ovlsync: the whole interface.  `make help` tells what there is.

KVER ?= $(shell uname -r)
KDIR ?= $(firstword $(wildcard /lib/modules/$(KVER)/build /usr/src/linux-headers-$(KVER)))
PREFIX ?= /usr/local
DESTDIR ?=
O := build

# The kernels that the tests boot; their headers come with `make deps`.
TEST_KERNELS := 6.1 6.12

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

.PHONY: all
all: cli module ## build ovlctl, and ovlsync.ko for the running kernel or KVER=

.PHONY: cli
cli: ## build only build/ovlctl
	+@$(MAKE) --no-print-directory -C cli O=../$(O)

# Built in a directory of its own for each kernel, of links to the sources.
MODULE_DIR = $(O)/$(KVER)$(if $(OVLSYNC_TEST_FAULTS),-faults)$(if $(OVLSYNC_TEST_COVER),-cover)

.PHONY: module
module: ## build only build/<release>/ovlsync.ko
	@test -n "$(KDIR)" || { \
		echo "make: no headers for kernel $(KVER): install linux-headers-$(KVER), or give KVER= or KDIR=" >&2; \
		exit 1; }
	@mkdir -p $(MODULE_DIR)
	@ln -sfn ../uapi $(O)/uapi
	@for f in module/*.c module/*.h module/Kbuild; do ln -sf ../../$$f $(MODULE_DIR)/; done
	+@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(MODULE_DIR) modules

# With the planted faults of module/faults.h, in build/<release>-faults/: for tests of the tests.
.PHONY: module-faults
module-faults:
	+@$(MAKE) --no-print-directory -s module OVLSYNC_TEST_FAULTS=y

# That tells what of it was reached (module/cover.c), in build/<release>-cover/: for fuzzing.
.PHONY: cover-%
cover-%: deps
	+@eval "$$(tests/vm/kernel $*)" && \
		$(MAKE) --no-print-directory -s module OVLSYNC_TEST_COVER=y KVER="$$release" KDIR="$$build"

.PHONY: deps
deps: ## install what building and testing need, where it is missing
	@scripts/install-deps $(DEPS)

# For every kernel that the tests boot: its image, and the module built for it.
.PHONY: guest-%
guest-%: deps
	+@eval "$$(tests/vm/kernel $*)" && \
		$(MAKE) --no-print-directory -s module KVER="$$release" KDIR="$$build"

.PHONY: demo
demo: DEPS := build guest
demo: cli-after-deps guest-6.12 tools ## what it gains: stock against ovlsync, in a guest
	@tests/demo/run

.PHONY: cli-after-deps
cli-after-deps: deps
	+@$(MAKE) --no-print-directory -s cli

.PHONY: tools
tools: deps
	+@$(MAKE) --no-print-directory -s -C tests/tools O=../../$(O)
	+@$(MAKE) --no-print-directory -s -C tests/fuzz/kernel O=../../../$(O)

# TEST_DEBUG=1: and a part of the suite, and three minutes of the stress test, on the debug kernel, unless the
# machine is too slow for it (tests/run tells).
.PHONY: test
test: cli-after-deps tools $(TEST_KERNELS:%=guest-%) $(TEST_KERNELS:%=faults-%) ## host tests, and the bats suite and quick crash tests in guests of both kernels
	@tests/run $(TEST_KERNELS) $(if $(TEST_DEBUG),debug-part)

.PHONY: test-scale
test-scale: cli-after-deps tools $(TEST_KERNELS:%=guest-%) ## in full size: a million suspects, 2,000 mounts, a list of 100,000 (hours)
	@OVLSYNC_SIZE=full OVLSYNC_TESTS='100*' tests/run $(TEST_KERNELS)
	@OVLSYNC_SIZE=full OVLSYNC_TESTS='111*' OVLSYNC_FILTER='a long one' tests/run $(TEST_KERNELS)
	@for kernel in $(TEST_KERNELS); do tests/scale/run -k $$kernel; done

.PHONY: test-crash
test-crash: cli-after-deps tools $(TEST_KERNELS:%=guest-%) $(TEST_KERNELS:%=faults-%) ## durability: log replays (200 marks for each filesystem) and power cuts (30 each); many hours
	@tests/crash/all --full

.PHONY: faults-%
faults-%: deps
	+@eval "$$(tests/vm/kernel $*)" && \
		$(MAKE) --no-print-directory -s module-faults KVER="$$release" KDIR="$$build"

.PHONY: test-debug
test-debug: cli-after-deps tools guest-debug ## the bats suite on the debug kernel
	@tests/run debug

.PHONY: test-kcsan
test-kcsan: cli-after-deps tools guest-kcsan ## the stress test on the kernel that looks for data races
	@STRESS_CPUS="$${STRESS_CPUS:-2 4}" tests/stress/run kcsan

BENCHMARKS := noisy-idle noisy-busy alternatives limit lookup-million untar overhead scale

.PHONY: bench
bench: bench-ready ## every benchmark: tables and plots into docs/ (one to two hours; bench/run says how to make it less)
	@bench/run all

# A single one: make bench-limit. `own-only` is measured beside the limit.
.PHONY: $(BENCHMARKS:%=bench-%) bench-own-only
$(BENCHMARKS:%=bench-%): bench-%: bench-ready
	@bench/run $*
bench-own-only: bench-limit

.PHONY: bench-ready
bench-ready: DEPS := build guest bench
bench-ready: cli-after-deps tools $(foreach kernel,$(or $(BENCH_KERNELS),6.12),guest-$(kernel) faults-$(kernel))

.PHONY: style
style: ## check the style of C and shell
	@scripts/style

# Where distributions and these shells look.
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d

PAGES := $(patsubst docs/man/%.rst,%,$(wildcard docs/man/*.rst))
RST2MAN := $(shell command -v rst2man || command -v rst2man.py)

.PHONY: docs
docs: $(PAGES:%=$(O)/man/%) ## build the man pages into build/man

$(O)/man/%: docs/man/%.rst $(wildcard docs/man/generated/*.rst) scripts/manpage
	@mkdir -p $(@D)
	@scripts/manpage $< > $@

.PHONY: generate
generate: cli ## make completions, docs/ABI and parts of the man pages of ovlctl's tables
	@scripts/generate $(O)/ovlctl

.PHONY: fuzz
fuzz: ## fuzz ovlctl's parsers, FUZZ_SECONDS=60 each
	@tests/fuzz/run

.PHONY: fuzz-kernel
fuzz-kernel: cli-after-deps guest-debug cover-debug ## fuzz the module's interfaces on the debug kernel, FUZZ_SECONDS=60
	@tests/fuzz/kernel/run

.PHONY: analyze
analyze: ## every static checker on module and ovlctl (scripts/install-deps analyze)
	@scripts/install-deps build style analyze
	@scripts/analyze

.PHONY: stress
stress: cli-after-deps tools $(TEST_KERNELS:%=guest-%) guest-debug ## everything at once, on all kernels (STRESS_SECONDS=180)
	@tests/stress/run $(TEST_KERNELS) debug

.PHONY: install
install: all install-files ## install module, ovlctl, man pages and completions on this machine
	install -D -m 0644 $(O)/$(KVER)/ovlsync.ko $(DESTDIR)/lib/modules/$(KVER)/updates/ovlsync.ko
	@test -n "$(DESTDIR)" || depmod $(KVER)

.PHONY: install-files
install-files: cli $(if $(RST2MAN),docs)
	install -D -m 0755 $(O)/ovlctl $(DESTDIR)$(PREFIX)/sbin/ovlctl
	install -D -m 0644 uapi/linux/ovlsync.h $(DESTDIR)$(PREFIX)/include/linux/ovlsync.h
	install -D -m 0644 completions/ovlctl.bash $(DESTDIR)$(BASHDIR)/ovlctl
	install -D -m 0644 completions/_ovlctl $(DESTDIR)$(ZSHDIR)/_ovlctl
	install -D -m 0644 completions/ovlctl.fish $(DESTDIR)$(FISHDIR)/ovlctl.fish
ifneq ($(RST2MAN),)
	install -d $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8
	install -m 0644 $(addprefix $(O)/man/,$(filter %.7,$(PAGES))) $(DESTDIR)$(MANDIR)/man7
	install -m 0644 $(addprefix $(O)/man/,$(filter %.8,$(PAGES))) $(DESTDIR)$(MANDIR)/man8
else
	@echo "make: no man pages: rst2man is missing (python3-docutils)" >&2
endif

.PHONY: uninstall
uninstall: ## take away what install put there
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/ovlsync.ko $(DESTDIR)$(PREFIX)/sbin/ovlctl \
		$(DESTDIR)$(PREFIX)/include/linux/ovlsync.h $(DESTDIR)$(BASHDIR)/ovlctl \
		$(DESTDIR)$(ZSHDIR)/_ovlctl $(DESTDIR)$(FISHDIR)/ovlctl.fish \
		$(addprefix $(DESTDIR)$(MANDIR)/man7/,$(filter %.7,$(PAGES))) \
		$(addprefix $(DESTDIR)$(MANDIR)/man8/,$(filter %.8,$(PAGES)))
	@test -n "$(DESTDIR)" || depmod $(KVER)

.PHONY: clean
clean: ## remove build/
	rm -rf $(O)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
