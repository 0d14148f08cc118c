/// A table with string keys in insertion order: `{lr: 5e-4, steps: 400}`. It is a copy-on-write value, one word wide.
public struct Record: Sendable {
    private var storage: Storage

    /// The number of keys from which on an index is kept; smaller records are searched in order.
    private static let indexThreshold = 12

    /// Creates a record without fields.
    public init() {
        storage = Storage()
    }

    /// Creates a record. A later pair replaces the value of an earlier one with the same key, which keeps its place.
    public init(_ pairs: [(String, Value)]) {
        self.init()
        for (key, value) in pairs { self[key] = value }
    }

    /// The address of the storage that copies share; valid while one of them exists.
    var address: UnsafeRawPointer { UnsafeRawPointer(Unmanaged.passUnretained(storage).toOpaque()) }
    /// The number of fields.
    public var count: Int { storage.keys.count }
    /// Whether there are no fields.
    public var isEmpty: Bool { storage.keys.isEmpty }
    /// The keys, in the order in which they were first set.
    public var keys: [String] { storage.keys }
    /// The values, in the order of `keys`.
    public var values: [Value] { storage.values }
    /// The keys with their values, in order.
    public var pairs: [(String, Value)] { Array(zip(storage.keys, storage.values)) }

    /// The value of a key, nil where it is missing; setting nil removes the key.
    public subscript(key: String) -> Value? {
        get { storage.position(of: key).map { storage.values[$0] } }
        set {
            if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
            storage.set(key, newValue, indexFrom: Record.indexThreshold)
        }
    }

    /// Returns this record with the fields of `other` added or replaced.
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
    /// Creates a record from a literal; a later pair replaces an earlier one with the same key.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements)
    }
}
