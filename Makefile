# Thin: each target says what it runs. Tests build into a folder of their own, so that they never replace the program.
PACKAGES = libcairo2-dev libchafa-dev libopenblas-dev libpng-dev libreadline-dev libturbojpeg0-dev libzmq3-dev
PREFIX ?= /usr/local
BAS = .build/release/bas
CONFORMANCE = Tests/Conformance

.PHONY: setup build demo test calls kill-test bench conformance fuzz install uninstall format lint clean

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

# The compiler leaves folders behind in TMPDIR.
test: setup
	@mkdir -p .build-test/tmp
	TMPDIR=$(CURDIR)/.build-test/tmp swift test -c release -Xswiftc -enable-testing --scratch-path .build-test --no-parallel; \
	status=$$?; rm -rf .build-test/tmp; exit $$status

# Kills a training 200 times; `make test` does it a dozen times.
kill-test: setup
	BAS_KILLS=200 swift test -c release -Xswiftc -enable-testing --scratch-path .build-test --no-parallel --filter KillTests

bench: build
	$(CONFORMANCE)/bench.sh --bas $(BAS)

conformance: build
	BAS=$(BAS) $(CONFORMANCE)/run.sh

# Calls of every command with edge values, in processes that are started again where one ends: make calls [CALLS=200000]
# [SEED=1000000].
CALLS = 200000
SEED = 1000000

calls: setup
	swift build --build-tests -c release -Xswiftc -enable-testing --scratch-path .build-test
	Tests/Fuzz/calls.sh $(CALLS) $(SEED)

# Coverage-guided fuzzing (libFuzzer, AddressSanitizer): make fuzz [TARGETS="language safetensors"] [RUNS=1000000]
# [TIME=seconds for each target]. Goes on where it stopped.
FUZZ = .build-fuzz/release/Fuzz
RUNS = 1000000
TIME = 0
TARGETS = language evaluator commands builtins safetensors picture configuration tokenizer adapters checkpoints \
	singlefile journal frames server

fuzz: setup
	swift build -c release --package-path Tests/Fuzz --scratch-path .build-fuzz -Xswiftc -enable-testing \
	-Xswiftc -sanitize=fuzzer,address \
	-Xcc -fsanitize=fuzzer-no-link,address -Xswiftc -use-ld=lld
	@for target in $(TARGETS); do Tests/Fuzz/run.sh $(FUZZ) $$target $(RUNS) $(TIME) || exit 1; done

# Program, standard library, manual page, shell completions, editor files; `make uninstall` takes the same away.
SHARE = $(DESTDIR)$(PREFIX)/share
BASH_COMPLETION = $(SHARE)/bash-completion/completions/bas
ZSH_COMPLETION = $(SHARE)/zsh/site-functions/_bas
FISH_COMPLETION = $(SHARE)/fish/vendor_completions.d/bas.fish

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/bas $(SHARE)/man/man1 $(dir $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION))
	install -m 755 $(BAS) $(DESTDIR)$(PREFIX)/bin/bas
	rm -rf $(SHARE)/bas/stdlib $(SHARE)/bas/editors
	cp -R stdlib $(SHARE)/bas/stdlib
	$(BAS) doc --editors $(SHARE)/bas/editors
	$(BAS) doc --html -o $(SHARE)/bas/reference.html
	$(BAS) doc --man -o $(SHARE)/man/man1/bas.1
	$(BAS) --generate-completion-script bash | sed 's/^complete -o filenames/& -o default/' > $(BASH_COMPLETION)
	$(BAS) --generate-completion-script zsh > $(ZSH_COMPLETION)
	$(BAS) --generate-completion-script fish > $(FISH_COMPLETION)

uninstall:
	rm -rf $(SHARE)/bas
	rm -f $(DESTDIR)$(PREFIX)/bin/bas $(SHARE)/man/man1/bas.1 $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	-cd $(SHARE) && rmdir -p --ignore-fail-on-non-empty bash-completion/completions zsh/site-functions fish/vendor_completions.d 2>/dev/null

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	.ci/house

clean:
	rm -rf .build .build-test .build-fuzz
