/// Asks within long loops whether a stop was requested; cheap enough for every item.
struct Poll {
    private var steps = 0
    private let interrupt = Interrupt.current

    /// Counts an item, and asks at every 4096th. Throws the `.interrupted` problem where a stop was requested.
    mutating func step() throws {
        steps &+= 1
        if steps & 0xFFF == 0 { try interrupt?.check() }
    }
}

extension Sequence {
    /// Returns what `map` returns. Throws `.interrupted` where a stop is requested meanwhile.
    func polledMap<T>(_ transform: (Element) throws -> T) throws -> [T] {
        var (poll, result) = (Poll(), [T]())
        result.reserveCapacity(underestimatedCount)
        do {
            for element in self {
                try poll.step()
                result.append(try transform(element))
            }
        } catch {
            Disposal.release(&result)
            throw error
        }
        return result
    }

    /// Returns what `contains(where:)` returns. Throws `.interrupted` where a stop is requested meanwhile.
    func polledContains(_ test: (Element) throws -> Bool) throws -> Bool {
        var poll = Poll()
        for element in self {
            try poll.step()
            if try test(element) { return true }
        }
        return false
    }

    /// Calls `body` with each element. Throws `.interrupted` where a stop is requested meanwhile.
    func polledForEach(_ body: (Element) throws -> Void) throws {
        var poll = Poll()
        for element in self {
            try poll.step()
            try body(element)
        }
    }
}
