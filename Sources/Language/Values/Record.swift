/// An insertion-ordered table with string keys: `{lr: 5e-4, steps: 400}`. A copy-on-write value, one word
/// wide.
public struct Record: Sendable {
    private var storage: Storage

    /// Small records are searched in order; from this many keys on an index is kept.
    private static let indexThreshold = 12

    public init() {
        storage = Storage()
    }

    /// Later pairs win over earlier ones with the same key; the key keeps its first place.
    public init(_ pairs: [(String, Value)]) {
        self.init()
        for (key, value) in pairs { self[key] = value }
    }

    /// Of what it shares with its copies, while one of them is there.
    var address: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(storage).toOpaque()) }
    public var count: Int { storage.keys.count }
    public var isEmpty: Bool { storage.keys.isEmpty }
    /// Keys in the order in which they were first set.
    public var keys: [String] { storage.keys }
    /// Values in the order of `keys`.
    public var values: [Value] { storage.values }
    public var pairs: [(String, Value)] { Array(zip(storage.keys, storage.values)) }

    /// Reads nil for a missing key; setting nil removes the key.
    public subscript(key: String) -> Value? {
        get { storage.position(of: key).map { storage.values[$0] } }
        set {
            if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
            storage.set(key, newValue, indexFrom: Record.indexThreshold)
        }
    }

    /// This record with `other`'s fields added or replaced.
    public func merging(_ other: Record) -> Record {
        var result = self
        for (key, value) in other.pairs { result[key] = value }
        return result
    }

    private final class Storage: @unchecked Sendable {
        // Mutated only while uniquely referenced by one Record.
        var keys: [String] = []
        var values: [Value] = []
        var index: [String: Int]?

        func position(of key: String) -> Int? {
            if let index { return index[key] }
            return keys.firstIndex(of: key)
        }

        func copy() -> Storage {
            let new = Storage()
            new.keys = keys
            new.values = values
            new.index = index
            return new
        }

        func set(_ key: String, _ value: Value?, indexFrom threshold: Int) {
            switch (position(of: key), value) {
            case (let place?, let value?):
                values[place] = value
            case (let place?, nil):
                keys.remove(at: place)
                values.remove(at: place)
                if index != nil { rebuildIndex() }
            case (nil, let value?):
                keys.append(key)
                values.append(value)
                if index != nil {
                    index?[key] = keys.count - 1
                } else if keys.count >= threshold {
                    rebuildIndex()
                }
            case (nil, nil):
                break
            }
        }

        private func rebuildIndex() {
            index = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        }
    }
}

extension Record: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements)
    }
}
