import Commands
import Glibc
import Language
import Testing

/// Every command with values from the edges of what it takes: a diagnostic, never a trap, never no end.
@Suite(.serialized) struct BuiltinCallTests {
    @Test func everyTypeHasValues() throws {
        let bench = try CallBench()
        for value in EdgeValues.named { #expect(bench.session[global: value.name]?.typeName == value.type, "\(value.name)") }
        for row in bench.table.all {
            for parameter in row.parameters {
                for type in parameter.type.hosts {
                    #expect(EdgeValues.byType[type.text] != nil, "\(row.name): \(parameter.name) takes \(type.text)")
                }
            }
        }
    }

    @Test func seedsGiveTheSameProgramsAndCallEverything() {
        let table = BuiltinTable(host: CommandTable.all)
        func program(_ seed: Int) -> String {
            var generator = CallGenerator(table, Choices(seed: seed))
            return generator.program()
        }
        let programs = (0..<2000).map(program)
        #expect(programs[7] == program(7) && programs[7] != programs[8])
        let text = programs.joined(separator: "\n")
        for row in table.all { #expect(text.contains("\(row.name)("), "\(row.name) is never called") }
    }

    /// Some thousand calls, the same ones every time.
    @Test func callsGiveDiagnostics() throws {
        try Self.run(0..<1200)
    }

    /// Many more, from another seed on, under a limit of memory: `make calls`.
    @Test(.enabled(if: getenv("BAS_CALLS") != nil)) func manyCallsGiveDiagnostics() throws {
        var limit = rlimit(rlim_cur: 6 << 30, rlim_max: rlim_t.max)
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        limit.rlim_cur = 6 << 30
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let (first, count) = (Self.number("BAS_CALLS_FROM"), Self.number("BAS_CALLS"))
        try Self.run(first..<first + count, log: getenv("BAS_CALLS_LOG").map { String(cString: $0) })
    }

    private static func number(_ name: String) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// `log`: where the seed of the program that runs stands, and what was found, for whoever starts the process again.
    private static func run(_ seeds: Range<Int>, log: String? = nil) throws {
        let bench = try CallBench(patience: log == nil ? 20 : 5, grace: log == nil ? 40 : 10)
        let journal = log.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        func note(_ text: String) { if let journal { _ = write(journal, text + "\n", text.utf8.count + 1) } }
        var calls = 0
        for seed in seeds {
            let (program, count) = bench.program(Choices(seed: seed))
            note("seed \(seed) \(count)")
            if getenv("BAS_CALLS_TEXT") != nil { note(CallBench.alone(program)) }
            calls += count
            do {
                if !(try bench.run(program)) { note("long \(seed)\n\(CallBench.alone(program))") }
            } catch let finding as CallBench.Finding {
                note("found \(seed)\n\(finding.text)")
                Issue.record("seed \(seed): \(finding.text)")
            }
        }
        note("done \(seeds.upperBound) \(calls)")
    }
}
