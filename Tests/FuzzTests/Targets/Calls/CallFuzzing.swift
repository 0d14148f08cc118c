import Language

/// The commands of the table, called as the fuzzer's bytes choose.
enum CallFuzzing {
    /// Made at the first input: the named values take a second.
    private nonisolated(unsafe) static let bench = Result { try CallBench(patience: 2, grace: 60) }

    static func run(_ bytes: [UInt8]) {
        do {
            let bench = try bench.get()
            _ = try bench.run(bench.program(Choices(bytes: bytes)).text)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
