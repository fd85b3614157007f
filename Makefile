# `make run` shows the main job done; `make test` runs every test. Each target is one command of this repository.
BUILD := swift build --configuration release --explicit-target-dependency-import-check error

.PHONY: run build test lint accuracy status bench conformance fuzz clean

run: setup ; @$(BUILD) --product cordon && exec .build/release/cordon demo
build: setup ; @$(BUILD) --build-tests
test: build .venv/ready ; @Scripts/test
lint: ; @Scripts/lint
accuracy: setup ; @$(BUILD) --product cordon && Scripts/accuracy
status: ; @Scripts/status
bench: setup ; @$(BUILD) --product cordon && Benchmarks/setup && Benchmarks/run
conformance: build ; @Scripts/conformance
fuzz: setup ; @Fuzz/run-policy && Fuzz/run-providers
clean: ; rm -rf .build .venv

.PHONY: setup
setup: ; @Scripts/setup

# The Python packages of the tests, by exact version and hash, once for each change of the list.
.venv/ready: Tests/Python/requirements.txt | setup ; @Scripts/virtual-environment .venv $<
