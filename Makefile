# The front door: everything that a person or CI does starts here. The work is in CMake's presets and in tools/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
JOBS ?= $(shell nproc)
# Tests wait more than they compute.
TEST_JOBS ?= $(shell expr $(JOBS) + 1)
.NOTPARALLEL:

.PHONY: help run test build format tidy asan tsan fuzz sim bench docs ci nightly clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# packages-a-b installs what the sections [a] and [b] of tools/packages.txt name.
packages-%:
	@tools/install-packages $(subst -, ,$*)

# Configures a preset anew when its definition changed; all else CMake notices by itself.
build/%/build.ninja: CMakePresets.json
	cmake --preset $* && touch $@
.PRECIOUS: build/%/build.ninja

# $(call compile,PRESET,TARGET)
compile = $(MAKE) -s --no-print-directory build/$(1)/build.ninja && cmake --build build/$(1) --target $(2) -j $(JOBS)
# $(call check,PRESET,CTest's choice of labels). `install` are the steps that fetch a test's own packages.
check = ctest --test-dir build/$(1) $(2) -j $(TEST_JOBS) --output-on-failure --no-tests=error
# GCC 12's sanitizers do not start under the address randomisation of newer kernels (vm.mmap_rnd_bits = 32).
NO_ASLR = $(shell setarch --addr-no-randomize true 2>/dev/null && echo setarch --addr-no-randomize)

build: packages-build ## Build the program, build/release/doorward
	@$(call compile,release,doorward)

run: packages-build-run build ## Start Doorward before a small demonstration shop
	tools/run-demo build/release/doorward

test: packages-build-test ## Run all tests but the long ones
	@$(call compile,release,all)
	$(call check,release,-LE 'long|install')

format: packages-tidy ## Format the C++ files
	git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format-14 -i

tidy: packages-build-tidy ## Check layers, banned calls, lengths, format and names (ALL=1: clang-tidy on all layers)
	cmake --preset tidy >/dev/null
	tools/tidy $(if $(ALL),--all-layers)

asan: packages-build-test ## Run unit and integration tests under AddressSanitizer and UBSan
	@$(call compile,asan,all)
	ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  $(NO_ASLR) $(call check,asan,-LE 'slow|long|install')

tsan: packages-build-test ## Run unit and integration tests under ThreadSanitizer
	@$(call compile,tsan,all)
	TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
	  $(NO_ASLR) $(call check,tsan,-LE 'slow|long|install')

fuzz: packages-build-fuzz ## Fuzz every target, or one: TARGET=x SECONDS=60
	@$(call compile,fuzz,$(if $(TARGET),fuzz_$(TARGET),fuzzers))
	FUZZ_SECONDS=$(or $(SECONDS),60) $(call check,fuzz,-R '^fuzz_$(or $(TARGET),.*)$$')

sim: packages-build ## Run the simulator: SEEDS=10000, or one that failed: SEED=7; of whole shards: OF=shards
	@$(call compile,release,doorward_sim)
	build/release/doorward_sim $(OF) $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),10000))

bench: packages-build-bench ## Run the benchmarks, or those with a name: ONLY=joins
	@$(call compile,release,all)
	tools/bench $(ONLY)

docs: ## Check that what the pages name exists
	tools/tidy --links

ci: ## What CI runs: tidy, build, tests (10,000 simulator seeds among them), sanitizers, a minute of each fuzz target
	tools/ci packages-build-test-tidy-fuzz tidy build test asan tsan fuzz

# Slow and long tests once in every build, and half an hour of each fuzz target.
LONG = slow-release slow-asan slow-tsan
.PHONY: $(LONG)
$(LONG): slow-%: packages-build-test
	@$(call compile,$*,all)
	ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1 \
	  $(NO_ASLR) $(call check,$*,-L 'slow|long')

nightly: ## All of CI and everything that is too long for it (hours)
	tools/ci packages-build-test-tidy-fuzz-bench tidy build test asan tsan $(LONG) 'fuzz SECONDS=1800' bench

clean: ## Remove everything that was built
	rm -rf build
