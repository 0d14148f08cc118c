import Testing

@testable import Language

@Suite struct VariableTypesTests {
    @Test func waysLeaveEverythingAsItWas() {
        var types = VariableTypes(count: 3)
        types[0] = .listOf(.unknown)
        let before = types.all.map { "\(String(describing: $0))" }
        let outer = types.open()
        types[0] = nil
        types[1] = .unknown
        let within = types.all.map { "\(String(describing: $0))" }
        let inner = types.open()
        types[1] = .listOf(.unknown)
        types[1] = nil
        types[2] = .unknown
        types.close(inner)
        #expect(types.all.map { "\(String(describing: $0))" } == within && within != before)
        types.close(outer)
        #expect(types.all.map { "\(String(describing: $0))" } == before)
    }

    /// What a program has before a function costs the function nothing, and types come out of branches as they went in.
    @Test func manyFunctionsAreCheckedOneByOne() {
        let functions = (0..<2000).map { "fn f\($0)(x) {\n    y = x + \($0)\n    if y > 2 { y = \"a\" }\n    y\n}\n" }.joined()
        let analysis = Session().analyze(source: functions + "z = 1\nif z > 0 { z = 2 } else { z = 3 }\nz + \"a\"\n", file: "many.bas")
        #expect(analysis.diagnostics.map(\.code) == [.badOperands])
    }

    @Test func placesInOrderAreFound() {
        let numbers = [1, 3, 3, 7]
        #expect((0...8).map { wanted in numbers.partitioningIndex { $0 >= wanted } } == [0, 0, 1, 1, 3, 3, 3, 3, 4])
        #expect(numbers[1...].partitioningIndex { $0 > 7 } == 4 && [Int]().partitioningIndex { _ in true } == 0)
    }
}
