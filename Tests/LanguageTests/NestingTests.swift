import Testing

@testable import Language

/// Values that hold each other millions of times over are refused, or let go without recursion.
@Suite struct NestingTests {
    /// Each round nests one level deeper, by another way; nothing but the depth ends it.
    @Test(arguments: [
        "x = [1]; for i in 1..2000000 { x = zip(x) }", "x = [1]; for i in 1..2000000 { x = [x]; y = [[i]] }",
        "x = [1]; for i in 1..2000000 { x = [[[2]], x, [[3]]]; y = {a: [i]}; z = [y] }",
        "x = {}; for i in 1..2000000 { x = record([[\"a\", x]]) }", "fn f(..xs) { xs }; x = 1; for i in 1..2000000 { x = f(x) }",
        "x = 0; x = reduce(1..2000000, fn(a, b) { [a] }, [])", "x = [1]; for i in 1..2000000 { x = [y for y in [x]] }",
        "wide = [[i] for i in 1..3000]; x = []; for i in 1..2000000 { x = [x, wide] }", "x = [1]; for i in 1..2000000 { x = [x, x] }",
        "x = [1]; for i in 1..2000000 { x = items({a: x}) }",
    ])
    func growsNoFurther(_ program: String) {
        let bench = Bench()
        let error = bench.run(program + "; x = 0").diagnostics.first
        #expect(error?.code == .nestedTooDeep, "\(program): \(error?.plain() ?? "no error")")
        // What there is of it can be shown, compared and let go.
        let isTwice = program.contains("[x, x]")
        #expect(
            bench.run("print(len(\"\(isTwice ? "" : "{x}")\")); \(isTwice ? "" : "x == x;") y = x; z = {a: x}; x = 0; y = 0; z = 0; 1")
                .status == .ok)
    }

    @Test func functionsAreLetGoOneAfterTheOther() {
        for chain in [
            "fn w(g) { fn() { g } }; f = none; for i in 1..20000 { f = w(f) }",
            // Through lists and records, and through variables that were set after the function was made.
            "fn w(g) { h = {a: [g]}; fn() { h } }; f = none; for i in 1..20000 { f = w(f) }",
            "f = 0; for x in 1..20000 { c = fn() { x }; x = f; f = c }; c = 0",
        ] {
            let bench = Bench()
            var last = bench.run(chain + "; f == f; print(f); f").value
            bench.session.reset()
            // This thread has little stack, and nobody else holds them.
            #expect(last?.isFunction == true)
            last = nil
        }
    }

    @Test func depthIsExact() throws {
        var (value, wide) = (Value.list([1]), [Value]())
        for _ in 0..<1000 { wide.append(.list([.list([2])])) }
        for _ in 0..<99 { value = .list([value, .list(wide), .record(Record([("a", .list(wide))]))]) }
        #expect(try value.isNested(deeperThan: 99) && !(value.isNested(deeperThan: 104)))
        // Held twice at every level: 2 to the power of 200 ways, 200 values.
        var twice = Value.list([1])
        for _ in 0..<200 { twice = .list([twice, twice]) }
        #expect(try twice.isNested(deeperThan: 200) && !(twice.isNested(deeperThan: 201)))
        #expect(Weight(twice).bytes < 1 << 20)
    }
}
