/// The resources that a program may use before a diagnostic stops it.
public struct Limits: Sendable {
    /// The deepest nesting of calls of user's functions.
    public var callDepth: Int
    /// The most loop iterations and calls in one run; nil for no limit.
    public var steps: Int?
    /// The largest size, in bytes, of one value that the language makes (a list or a string) or the host reserves.
    public var bytes: Int
    /// The deepest nesting of lists and records.
    public var nesting: Int
    /// The most seconds that one run may take; nil for no limit.
    public var seconds: Double?
    /// The most memory that the whole process may hold while a program runs, in bytes; nil for no limit.
    public var memory: Int?

    /// The limits of the run on this thread, for operators and values, which get no context; the default ones where nothing runs.
    @TaskLocal static var current = Limits()

    /// Creates limits; the defaults are those of an ordinary session.
    public init(
        callDepth: Int = 2000, steps: Int? = nil, bytes: Int = 2 << 30, nesting: Int = 2000, seconds: Double? = nil, memory: Int? = nil
    ) {
        self.callDepth = callDepth
        self.steps = steps
        self.bytes = bytes
        self.nesting = nesting
        (self.seconds, self.memory) = (seconds, memory)
    }
}
