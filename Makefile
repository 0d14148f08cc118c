# Thin: each target says what it runs. Tests build into a folder of their own, so that they never replace the program.
PACKAGES = libcairo2-dev libchafa-dev libopenblas-dev libpng-dev libreadline-dev libturbojpeg0-dev
PREFIX ?= /usr/local
BAS = .build/release/bas
CONFORMANCE = Tests/Conformance

.PHONY: setup build demo test kill-test bench conformance install format clean

build: setup
	swift build -c release

setup:
	@swift --version >/dev/null 2>&1 || { echo "Swift 6.2 or later is needed: https://www.swift.org/install"; exit 1; }
	@missing=; for p in $(PACKAGES); do dpkg -s $$p 2>/dev/null | grep -q '^Status: install ok installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	install="apt-get install -y --no-install-recommends$$missing"; sudo=; \
	if [ "$$(id -u)" != 0 ]; then sudo -n true 2>/dev/null && sudo=sudo \
	|| { echo "These packages are missing; as root:  $$install"; exit 1; }; fi; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive $$install

demo: build
	$(BAS) run examples/break_a_scene.bas

test: setup
	swift test -c release -Xswiftc -enable-testing --scratch-path .build-test --no-parallel

# Kills a training 200 times; `make test` does it a dozen times.
kill-test: setup
	BAS_KILLS=200 swift test -c release -Xswiftc -enable-testing --scratch-path .build-test --no-parallel --filter KillTests

bench: build
	$(CONFORMANCE)/bench.sh --bas $(BAS)

conformance: build
	BAS=$(BAS) $(CONFORMANCE)/run.sh

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/bas
	install -m 755 $(BAS) $(DESTDIR)$(PREFIX)/bin/bas
	rm -rf $(DESTDIR)$(PREFIX)/share/bas/stdlib
	cp -R stdlib $(DESTDIR)$(PREFIX)/share/bas/stdlib

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

clean:
	rm -rf .build .build-test
