# `make run` shows the main job done; `make test` runs every test. Each target is one command of this repository.
BUILD := swift build --configuration release --explicit-target-dependency-import-check error

.PHONY: run build test lint accuracy status bench conformance fuzz clients leak-benchmark clean

run: setup ; @$(BUILD) --product cordon && exec .build/release/cordon demo
build: setup ; @$(BUILD) --build-tests
test: build .venv/ready ; @Scripts/test
lint: ; @Scripts/lint
accuracy: setup ; @$(BUILD) --product cordon && Scripts/accuracy
status: ; @Scripts/status
bench: setup ; @$(BUILD) --product cordon && Benchmarks/setup && Benchmarks/run
conformance: build ; @Scripts/conformance
fuzz: setup ; @Fuzz/run-policy && Fuzz/run-detection && Fuzz/run-providers
# Clients that others build on the official ones, and what tries the description that the gateway gives of itself.
clients: build .venv-clients/ready ; @.venv-clients/bin/python -m pytest Tests/Python/test_other_clients.py Tests/Python/test_interface_description.py
# The third-party benchmark of leaks, each planted value cut in every way into three.
leak-benchmark: export CORDON_LEAK_ORACLE := exhaustive-3-part
leak-benchmark: export CORDON_LEAK_SEEDS := a1b2c3d4e5f60001 0000000000000001 0000000000000002
leak-benchmark: build .venv/ready ; @.venv/bin/python -m pytest Tests/Python/test_leak_benchmark.py
clean: ; rm -rf .build .venv .venv-clients

.PHONY: setup
setup: ; @Scripts/setup

# The Python packages of the tests, by exact version and hash, once for each change of the list.
.venv/ready: Tests/Python/requirements.txt | setup ; @Scripts/virtual-environment .venv $<
.venv-clients/ready: Tests/Python/requirements-clients.txt | setup ; @Scripts/virtual-environment .venv-clients $<
