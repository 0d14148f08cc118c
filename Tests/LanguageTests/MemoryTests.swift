import Testing

@testable import Language

/// Counts how many values of its kind are alive.
private final class Canary: HostValue, @unchecked Sendable {
    // Written on the evaluator's thread only.
    nonisolated(unsafe) static var alive = 0
    let typeName = "canary"

    init() { Canary.alive += 1 }
    deinit { Canary.alive -= 1 }

    static let builtin = Builtin(
        "canary", family: "test", summary: "A value that is counted.", parameters: [], result: "canary",
        run: { _ in .host(Canary()) })
}

/// What a program cannot reach any more is released.
@Suite(.serialized) struct MemoryTests {
    @Test(arguments: [
        "fn f() { c = canary(); fn go(n) { c; if n == 0 { 0 } else { go(n - 1) } }; go(3) }\nf()",
        "fn f() { c = canary(); fn go(n) { c; if n == 0 { 0 } else { go(n - 1) } }; go }\ng = f(); g(2); g = none",
        "fn f() { c = canary(); fn go(n) { c; [go(n - 1) for _ in 1..n] }; go(2) }\nf()",
        "fn f() { c = canary(); fn go(n) { c; fn() { go(n) } }; go(2)() }\nf()",
        "fn f() { c = canary(); g = fn(x) { c }; g(1) }\nf(); _ = 0",
        "fn f() { fn g() { canary(); if true { g } else { 1 } }; g() }\nx = f()(); x = none",
        // Functions that call each other.
        "fn f() { c = canary(); fn a(n) { c; if n == 0 { 0 } else { b(n - 1) } }; fn b(n) { c; a(n) }; a(3) }\nf()",
        "fn f() { c = canary(); a = fn(n) { c; b(n) }; b = fn(n) { if n == 0 { 0 } else { a(n - 1) } }; d = a; d(3) }\nf()",
        "fn f(c) { fn a(n) { c; b(n) }; fn b(n) { if n == 0 { 1 / 0 } else { a(n - 1) } }; a(3) }\ntry { f(canary()) } recover { 0 }",
        "fn f() { c = canary(); fn a(n) { c; b(n) }; fn b(n) { n + 1 }; fn g() { a }; [g()(1), map([1], a)] }\nf()",
        // Those that leave their call, once nobody holds them any more.
        "fn f() { c = canary(); fn a(n) { c; if n == 0 { 0 } else { b(n - 1) } }; fn b(n) { c; a(n) }; a }\ng = f(); g(3); g = none",
        "fn f() { c = canary(); fn a(n) { c; b(n) }; fn b(n) { a(n) }; {a, b, c: [a]} }\nr = f(); r = r.c; r = none",
        "fn f() { c = canary(); g = fn(n) { n }; g = fn(n) { c; if n == 0 { 0 } else { g(n - 1) } }; [g] }\nx = f(); x[0](2); x = none",
        "fn f(h) { c = canary(); fn a(n) { c; b(n) }; fn b(n) { h; a(n) }; a }\ng = f(0); g = f(g); g = f(g); g = none",
        "fn f(k) { c = canary(); fn a(n) { c; b(n) }; fn b(n) { if n == k { a(n) } else { n } }; a }\nfs = [f(i) for i in 1..200]; fs = fs[3](7)",
    ])
    func recursiveFunctionsAreReleased(_ program: String) {
        let before = Canary.alive
        let session = Session(builtins: [Canary.builtin])
        let outcome = session.run(source: program + "\n0")
        #expect(outcome.status == .ok, "\(outcome.diagnostics.first?.plain() ?? "")")
        #expect(Canary.alive == before, "\(program)")
    }

    /// Within one run as well, before it ends.
    @Test func aLoopDoesNotCollectThem() {
        let session = Session(builtins: [
            Canary.builtin,
            Builtin(
                "alive", family: "test", summary: "How many are alive.", parameters: [], result: .int, run: { _ in .int(Canary.alive) }),
        ])
        session.run(source: "fn f() { c = canary(); fn a(n) { c; b(n) }; fn b(n) { a(n) }; a }; before = alive()")
        session.run(source: "g = none; for i in 1..1000 { g = f() }; most = alive() - before; g = none")
        #expect(session[global: "most"]?.number ?? 1000 <= 64)
        #expect(session.run(source: "alive() == before").value?.literalText == "true")
    }

    /// A session takes what its program held with it.
    @Test func theEndOfASessionReleases() {
        let before = Canary.alive
        do {
            let session = Session(builtins: [Canary.builtin])
            session.run(source: "fn f() { c = canary(); fn a(n) { c; b(n) }; fn b(n) { c; a(n) }; a }\ng = f(); h = [f(), f()]")
            #expect(Canary.alive == before + 3)
        }
        #expect(Canary.alive == before)
    }

    /// What leaves the call takes all that it needs with it.
    @Test(arguments: [
        ("a", "f()(4)", "4"), ("fn(n) { a(n) }", "f()(3)", "3"), ("[b, a]", "f()[1](2)", "2"), ("{a}", "f().a(5)", "5"),
        ("map([1, 2], fn(n) { fn() { b(n) } })", "f()[1]()", "2"), ("fn() { fn(n) { b(n) } }", "f()()(6)", "6"),
    ])
    func functionsThatCallEachOtherMayLeave(_ last: String, _ call: String, _ shown: String) {
        let functions = "fn a(n) { if n == 0 { 0 } else { 1 + b(n - 1) } }; fn b(n) { if n == 0 { 0 } else { 1 + a(n - 1) } }"
        #expect(show("fn f() { \(functions); \(last) }\n\(call)") == shown)
    }

    @Test func innerRecursionMeansItself() {
        #expect(show("fn f(n) { fn go(m) { if m == 0 { 0 } else { 1 + go(m - 1) } }; go(n) }\nf(50)") == "50")
        // A name that is bound again means what it was bound to last.
        #expect(show("fn f() { fn g(n) { if n == 0 { 0 } else { g(n - 1) } }; h = g; g = fn(n) { 7 }; h(3) }\nf()") == "7")
        #expect(show("fn f() { fn g(n, next = g) { if n == 0 { next == g } else { g(0) } }; g(1) }\nf()") == "true")
    }

    /// A loop that collects shares nothing with those who hold the list as it was.
    @Test func collectingLeavesOtherHoldersAlone() {
        #expect(show("a = [1]; b = a; a = a + [2]; a += [3]; [a, b]") == "[[1, 2, 3], [1]]")
        #expect(show("fn f(xs) { xs = xs + [9]; xs }\na = [1]; b = f(a); [a, b]") == "[[1], [1, 9]]")
        #expect(show("fn f() { xs = []; g = fn() { len(xs) }; for i in 1..3 { xs = xs + [g()] }; xs }\nf()") == "[0, 1, 2]")
        #expect(show("xs = [1]; xs = xs + [len(xs)]; xs = xs + xs; xs") == "[1, 1, 1, 1]")
        #expect(show("xs = [1]; try { xs = xs + 3 } recover e { 0 }; xs") == "[1]")
        #expect(show("xs = [1]; try { xs = xs + [1 / 0] } recover e { 0 }; xs") == "[1]")
        #expect(show("x = 1; x = x + 2; s = \"a\"; s += \"b\"; [x, s]") == "[3, \"ab\"]")
    }
}
