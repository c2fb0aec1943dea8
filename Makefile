# SPDX-License-Identifier: Apache-2.0
# make setup build test check ten cutover-soak faults fuzz demo bench dist: each does its own set-up.

SWIFT ?= swift
VERSION := $(shell sed -n 's/.*Version("\([0-9.]*\)").*/\1/p' Sources/Commands/BundleTool.swift 2>/dev/null | head -n 1)
ARCH := $(shell dpkg --print-architecture)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

# What `pkg-config --static libarchive` forgets to say.
STATIC_LIBRARIES := nettle acl attr lz4 bz2 zstd xml2 icuuc icudata z lzma
STATIC := -Xswiftc -static-executable $(foreach library,$(STATIC_LIBRARIES),-Xlinker -l$(library))
TOOL := .build-static/release/bundle
DIST := .build-dist
RIG := $(DIST)/rig

.PHONY: setup build test unit-test host-test check ten cutover-soak faults fuzz demo bench dist static rig clean

setup:
	@install/setup

build: setup
	$(SWIFT) build --build-tests

# Everything that can fail: rooms by swift test, then whole hosts.
test: unit-test host-test

# A few at a time: tests that wait for sockets and processes would else wait for one another's turns on few cores.
unit-test: setup
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 $(SWIFT) test
	Tests/HostileTests/run .build/debug/bundle

host-test: setup static rig
	Tests/HostTests/run

# Every parser by libFuzzer: TARGET=name, SECONDS=n for each; goes on where it was left (Tests/FuzzTests/ran.tsv).
fuzz: setup
	TARGET="$(TARGET)" SECONDS_EACH="$(SECONDS)" Tests/FuzzTests/run

# Ten services, upgraded ten times under load, on both Debian releases; `host-test` has a shorter one on trixie.
ten: setup static rig
	UPGRADES=$(or $(UPGRADES),10) Tests/HostTests/run ten-bookworm ten-trixie

# The long run of the cutover under load, with the controls that must fail: docs/cutover.md.
cutover-soak: setup static rig
	SOAK_FLIPS=$(or $(SOAK_FLIPS),20000) Tests/HostTests/run cutover-soak

# Faults that have no row yet in Tests/FaultTests/tried, of KIND=… for BUDGET=seconds; AGAIN=1 tries old rows again.
faults: setup $(if $(filter-out syscalls unsynced,$(or $(KIND),all)),static rig)
	$(SWIFT) build --product FaultRig
	KIND="$(KIND)" BUDGET="$(BUDGET)" AGAIN="$(AGAIN)" Tests/FaultTests/run

demo: setup static rig
	Tests/HostTests/demo/run

check: setup
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@.ci/check-architecture --self-test
	@.ci/check-architecture
	$(SWIFT) build --explicit-target-dependency-import-check error

bench: setup static rig
	@if [ -x Benchmarks/run ]; then Benchmarks/run; else echo "bench: nothing to measure yet"; fi

# One file that runs on any Linux of its architecture. The unstripped program stays beside it for debuggers.
static: setup
	$(SWIFT) build -c release --scratch-path .build-static --product bundle $(STATIC)
	@mkdir -p $(DIST)
	@[ $(DIST)/bundle -nt $(TOOL) ] || strip -o $(DIST)/bundle $(TOOL)

rig: setup
	$(SWIFT) build --product FlipRig
	@mkdir -p $(RIG)
	@$(MAKE) --no-print-directory -s -C Tests/Support/rig OUT=$(CURDIR)/$(RIG)

dist: static
	install/package $(DIST)/bundle $(DIST)
	@ls -l $(DIST)

clean:
	rm -rf .build .build-static $(DIST)
