# The front door: everything that a person or CI does starts here. The work is in CMake's presets and in tools/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
JOBS ?= $(shell nproc)
.NOTPARALLEL:

.PHONY: help run test build format tidy asan tsan fuzz sim bench docs ci nightly clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Configures a preset anew when its definition changed; all else CMake notices by itself.
build/%/build.ninja: CMakePresets.json
	cmake --preset $* && touch $@
.PRECIOUS: build/%/build.ninja

.PHONY: packages-%
packages-%:
	@tools/install-packages $(subst -, ,$*)

build: packages-build ## Build everything into build/release
	@$(MAKE) --no-print-directory build/release/build.ninja
	cmake --build build/release -j $(JOBS)

run: packages-build-run ## Start Doorward before a small demonstration shop
	@$(MAKE) --no-print-directory build/release/build.ninja
	cmake --build build/release --target doorward -j $(JOBS)
	build/release/doorward serve --config examples/demo.yaml

test: packages-build-test build ## Run the unit and integration tests
	ctest --test-dir build/release -L 'unit|integration' -j $(JOBS) --output-on-failure

format: packages-tidy ## Format the C++ files
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

clean: ## Remove everything that was built
	rm -rf build
