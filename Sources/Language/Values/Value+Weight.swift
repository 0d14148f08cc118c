/// The memory that values take: bytes of their own, and blocks that other values may share (a tensor's storage, a model's parameters).
struct Weight {
    /// The bytes that nothing shares.
    var loose = 0
    /// The shared blocks, with their bytes.
    private(set) var blocks: [ObjectIdentifier: Int] = [:]

    init() {}

    init(_ value: Value) { add(value) }

    /// All bytes, each block counted once.
    var bytes: Int { blocks.values.reduce(loose, +) }

    /// Adds a value; what it holds twice counts once.
    mutating func add(_ value: Value) {
        var seen: Set<UnsafeRawPointer> = []
        add(value, &seen)
    }

    /// Adds a value unless `seen` has its list or record.
    private mutating func add(_ value: Value, _ seen: inout Set<UnsafeRawPointer>) {
        switch value {
        case .none, .bool, .int, .float, .range: break
        case .string(let text): loose += text.utf8.count
        case .list(let items):
            guard isNew(value, items, &seen) else { return }
            loose += items.count * MemoryLayout<Value>.stride
            add(items, &seen)
        case .record(let record):
            guard isNew(value, record.values, &seen) else { return }
            for (name, value) in record.pairs {
                loose += name.utf8.count + MemoryLayout<Value>.stride
                add(value, &seen)
            }
        case .function: loose += 256
        case .host(let host): add(host)
        }
    }

    private func isNew(_ value: Value, _ items: [Value], _ seen: inout Set<UnsafeRawPointer>) -> Bool {
        guard items.contains(where: \.isHolder), let address = value.storageAddress else { return true }
        return seen.insert(address).inserted
    }

    /// Adds items. After a requested stop the remaining ones are estimated by those before.
    private mutating func add(_ items: [Value], _ seen: inout Set<UnsafeRawPointer>) {
        let before = loose
        for (place, item) in items.enumerated() {
            if place & 0xFFF == 0xFFF, Interrupt.current?.isRequested == true {
                loose += (loose - before) / place * (items.count - place)
                return
            }
            add(item, &seen)
        }
    }

    private mutating func add(_ host: any HostValue) {
        var found = false
        host.forEachBlock { identity, bytes in
            found = true
            blocks[identity] = bytes
        }
        loose += found ? 64 : host.byteCount
    }

    mutating func add(_ other: Weight) {
        loose += other.loose
        blocks.merge(other.blocks) { own, _ in own }
    }

    /// Leaves out the blocks that the other weight has as well.
    mutating func subtractBlocks(of other: Weight) {
        blocks = blocks.filter { other.blocks[$0.key] == nil }
    }
}
