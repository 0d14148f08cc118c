import Language

extension Console {
    /// What programs may do, as the command line says it.
    public struct Safety: Sendable {
        /// Files and folders that programs may read, beside what a confined program may read anyway.
        public var allowsReading: [String]
        /// Files and folders that programs may write and read.
        public var allowsWriting: [String]
        /// Whether programs are confined wherever they come from.
        public var isSandbox: Bool
        /// The most memory that bas may hold while a program runs, in bytes; nil for no limit.
        public var memory: Int?
        /// The most seconds that a script or a notebook, or an input of the prompt, may take; nil for no limit.
        public var seconds: Double?

        /// Creates the options; the defaults confine only what was downloaded.
        public init(
            allowsReading: [String] = [], allowsWriting: [String] = [], isSandbox: Bool = false, memory: Int? = nil, seconds: Double? = nil
        ) {
            (self.allowsReading, self.allowsWriting, self.isSandbox) = (allowsReading, allowsWriting, isSandbox)
            (self.memory, self.seconds) = (memory, seconds)
        }

        /// Whether programs are confined because the command line says so: whoever names what is allowed wants the rest refused.
        var confines: Bool { isSandbox || !allowsReading.isEmpty || !allowsWriting.isEmpty }

        /// The limits of a session's runs.
        var limits: Limits {
            var limits = Limits(seconds: seconds, memory: memory)
            if let memory { limits.bytes = memory }
            return limits
        }
    }
}

/// Quantities as a command line gives them.
public enum Quantity {
    /// Returns a number of bytes, "4GiB", "512 MB", "1000000", all in binary units, or nil for other texts.
    public static func bytes(_ text: String) -> Int? { PromptCommands.byteCount(text).flatMap { $0 > 0 ? $0 : nil } }

    /// Returns a number of seconds, "10m", "90s", "1h30m", "0.5" (seconds), or nil for other texts.
    public static func seconds(_ text: String) -> Double? {
        var (rest, total) = (Substring(text.lowercased().filter { $0 != " " }), 0.0)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(number.count).prefix { $0.isLetter }
            guard let amount = Double(number), let size = secondsOfUnit[String(unit)] else { return nil }
            total += amount * size
            rest = rest.dropFirst(number.count + unit.count)
        }
        return total > 0 && total < 1e9 ? total : nil
    }

    private static let secondsOfUnit: [String: Double] = ["": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400]
}
