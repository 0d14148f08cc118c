# Thin: each target says what it runs. Tests build into a folder of their own, so that they never replace the program.
PACKAGES = libcairo2-dev libchafa-dev libopenblas-dev libpng-dev libreadline-dev libsqlite3-dev libturbojpeg0-dev libzmq3-dev
PREFIX ?= /usr/local
BAS = .build/release/bas
CONFORMANCE = Tests/Conformance

.PHONY: setup setup-world world-pack build demo benchmark-small test calls kill-test bench conformance fuzz install files uninstall deb format lint clean

# With Swift's libraries inside, so that what is installed needs no toolchain; it starts faster, too. (The linker warns of mktemp in one of
# them; nothing here calls it.) The commit comes in by the environment: a new one compiles one file of C and the target `bas`, ten seconds.
build: setup
	BAS_COMMIT=$$(Sources/Packaging/commit.sh) swift build -c release --product bas --static-swift-stdlib

setup:
	@swift --version >/dev/null 2>&1 || { echo "Swift 6.2 or later is needed: https://www.swift.org/install"; exit 1; }
	@missing=; for p in $(PACKAGES); do dpkg -s $$p 2>/dev/null | grep -q '^Status: install ok installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	install="apt-get install -y --no-install-recommends$$missing"; sudo=; \
	if [ "$$(id -u)" != 0 ]; then sudo -n true 2>/dev/null && sudo=sudo \
	|| { echo "These packages are missing; as root:  $$install"; exit 1; }; fi; \
	$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive $$install

# The things of the world, drawn once into ~/.cache/bas/world (or BAS_WORLD), about a quarter of an hour; python is used for this only.
setup-world:
	$(CONFORMANCE)/world/setup.sh

# The held-out scenes that ship, from that cache.
world-pack: build
	BAS=$(BAS) $(CONFORMANCE)/world/pack.sh

demo: build
	$(BAS) run examples/pictures.bas

# The paper's protocol, small: the table of methods with paired differences, and the Pareto figure in .bas/out. Goes on where it stopped.
benchmark-small: build
	$(BAS) run examples/research/benchmark_small.bas

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

# Program, standard library, examples, manual page, shell completions, editor files, Jupyter kernel; `make uninstall` takes the same away.
# `sudo` often knows no Swift: then what `make build` has built is installed.
SHARE = $(DESTDIR)$(PREFIX)/share
BASH_COMPLETION = $(SHARE)/bash-completion/completions/bas
ZSH_FUNCTIONS = $(SHARE)/zsh/site-functions
FISH_COMPLETION = $(SHARE)/fish/vendor_completions.d/bas.fish
KERNEL = $(SHARE)/jupyter/kernels/bas

install: $(if $(shell command -v swift),build,$(BAS))
	@$(MAKE) --no-print-directory files

files:
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/bas $(SHARE)/doc/bas $(SHARE)/man/man1 \
	$(dir $(BASH_COMPLETION)) $(ZSH_FUNCTIONS) $(dir $(FISH_COMPLETION))
	install -s -m 755 $(BAS) $(DESTDIR)$(PREFIX)/bin/bas
	rm -rf $(SHARE)/bas/stdlib $(SHARE)/bas/examples $(SHARE)/bas/editors
	cp -R stdlib examples $(SHARE)/bas
	find $(SHARE)/bas -name .bas -prune -exec rm -rf {} +
	grep -rl --include='*.bas' '^#!/usr/bin/env bas' $(SHARE)/bas | xargs chmod +x
	$(BAS) doc --editors $(SHARE)/bas/editors
	$(BAS) doc --html -o $(SHARE)/bas/reference.html
	$(BAS) doc --man -o $(SHARE)/man/man1/bas.1
	install -m 644 Sources/Packaging/copyright $(SHARE)/doc/bas/copyright
	$(BAS) kernel install --prefix $(DESTDIR)$(PREFIX) --program $(abspath $(PREFIX))/bin/bas
	$(BAS) --generate-completion-script bash | sed '/^#!/d; s/^complete -o filenames/& -o default/' > $(BASH_COMPLETION)
	$(BAS) --generate-completion-script zsh > $(ZSH_FUNCTIONS)/_bas
	$(BAS) --generate-completion-script fish > $(FISH_COMPLETION)

uninstall:
	rm -rf $(SHARE)/bas $(SHARE)/doc/bas $(KERNEL)
	rm -f $(DESTDIR)$(PREFIX)/bin/bas $(SHARE)/man/man1/bas.1 $(BASH_COMPLETION) $(ZSH_FUNCTIONS)/_bas $(FISH_COMPLETION)
	-cd $(SHARE) && rmdir -p --ignore-fail-on-non-empty bash-completion/completions zsh/site-functions fish/vendor_completions.d \
	jupyter/kernels 2>/dev/null
	-cd $(SHARE) && rmdir --ignore-fail-on-non-empty man/man1 doc 2>/dev/null

# A package for Debian in .build/deb, of what `make install` would install.
deb: build
	Sources/Packaging/deb.sh $(BAS) .build/deb

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	.ci/house

clean:
	rm -rf .build .build-test .build-fuzz
