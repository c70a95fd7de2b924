# The one place to start from. CMake does the building (CMakePresets.json); this file names what people ask for.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build page page-tools demo test unit bench judge fuzz asan tsan geoip format tidy goldens clean

MINUTES ?= 10
FILES   ?= $(shell find src tests fuzz bench -name '*.cc')
# Without, clang 19 refuses a template of RapidJSON's that nobody uses.
LATE    := -fdelayed-template-parsing -Wno-delayed-template-parsing-in-cxx20
SOURCES := find src tests fuzz bench demo -name "*.cc" -o -name "*.h"
DEMO    := demo/out

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

build: ## Release build: leaves the binary at build/nightjar
	@scripts/install-packages build
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target nightjar

page: page-tools ## Build with the web page inside (Node.js and npm are installed where they are missing)
	@rm -f build/src/page/page_files.cc
	@$(MAKE) --no-print-directory build
	@[[ -e build/ui/dist/assets ]] || { cat build/ui/build.log; exit 1; }

# Node.js may have come from elsewhere than Debian.
page-tools:
	@{ command -v node && command -v npm; } >/dev/null || scripts/install-packages page

demo: page-tools build ## Build the bundled episode's archives, replay them, print the incidents (Egypt 2011)
	@scripts/demo $(DEMO)

test: ## Everything: release and sanitizer builds, all tests, fuzz targets' replay, format (40 minutes on 2 cores; 15 with ccache)
	@scripts/install-packages build test
	@$(MAKE) --no-print-directory page-tools
	@scripts/install-geoip || echo "The tests that need it will say so and skip." >&2
	@scripts/run-tests release asan+ubsan tsan

unit: ## The fast loop: release build and the unit tests of src/
	@scripts/install-packages build
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target unit_tests
	@ctest --preset unit -j $$(nproc)

asan: ## All tests under the address and undefined-behaviour sanitizers
	@scripts/install-packages build test
	@scripts/run-tests asan+ubsan

tsan: ## The programs that have threads, under the thread sanitizer
	@scripts/install-packages build test
	@scripts/run-tests tsan

fuzz: ## libFuzzer on every target, MINUTES=10 each (or TARGETS="mrt bgp")
	@scripts/install-packages build fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz
	@scripts/fuzz $(MINUTES) $(TARGETS)

bench: ## Speed as ratios to igzip, gzip, bzip2, bgpdump; also build/bench.json (first run makes 1.5 GB; ROWS=WORD for some)
	@scripts/install-packages build bench
	@cmake --preset release >/dev/null
	@cmake --build --preset release
	@bench/make-data
	@build/bench_run build/bench-data build build/bench.json $(ROWS)

judge: ## What each detection rule finds on real and generated outages; JSON and plots in build/judge (OPTIONS="--seed 2")
	@scripts/install-packages build judge
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target bench_judge probing_accuracy
	@build/bench_judge $(OPTIONS)
	@build/probing_accuracy

geoip: ## Install the default geolocation (the files of Debian's tor-geoipdb, without tor)
	@scripts/install-geoip

format: ## Lay out all sources (clang-format)
	@scripts/install-packages lint
	@$(SOURCES) | xargs clang-format -i

tidy: ## clang-tidy over all sources (FILES="..." for some)
	@scripts/install-packages build lint
	@cmake --preset release >/dev/null
	@printf '%s\n' $(FILES) | xargs -P $$(nproc) -n 4 clang-tidy-19 -p build --quiet $(addprefix --extra-arg=,$(LATE))

goldens: ## Write the expected outputs anew from what the binary prints now; look at the diff before you commit
	@scripts/install-packages build test
	@cmake --preset release >/dev/null
	@cmake --build --preset release
	@NIGHTJAR_UPDATE_GOLDENS=1 NIGHTJAR_UPDATE_CASES=1 ctest --preset release

clean: ## Remove the builds and the demo's output
	@rm -rf build build-asan build-tsan build-fuzz $(DEMO)
