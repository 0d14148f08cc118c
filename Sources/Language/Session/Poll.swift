/// Asks within long loops of ours whether a stop was wanted; cheap enough for every item.
struct Poll {
    private var steps = 0
    private let interrupt = Interrupt.current

    /// Throws the `.interrupted` problem when a stop was asked for.
    mutating func step() throws {
        steps &+= 1
        if steps & 0xFFF == 0 { try interrupt?.check() }
    }
}

extension Sequence {
    /// `map`, which a stop ends.
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

    /// `contains(where:)`, which a stop ends.
    func polledContains(_ test: (Element) throws -> Bool) throws -> Bool {
        var poll = Poll()
        for element in self {
            try poll.step()
            if try test(element) { return true }
        }
        return false
    }

    /// `forEach`, which a stop ends.
    func polledForEach(_ body: (Element) throws -> Void) throws {
        var poll = Poll()
        for element in self {
            try poll.step()
            try body(element)
        }
    }
}
