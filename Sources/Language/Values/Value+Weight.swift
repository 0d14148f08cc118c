/// What a value takes in memory: bytes of its own, and blocks that other values may share with it (a tensor's
/// storage, a model's parameters).
struct Weight {
    var loose = 0
    private(set) var blocks: [ObjectIdentifier: Int] = [:]

    init() {}

    init(_ value: Value) { add(value) }

    /// Both, where nothing else shares the blocks.
    var bytes: Int { blocks.values.reduce(loose, +) }

    mutating func add(_ value: Value) {
        var seen: Set<UnsafeRawPointer> = []
        add(value, &seen)
    }

    /// `seen`: lists and records of others that were weighed. What a value holds twice weighs once.
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

    /// After a stop nobody waits for the rest: what was weighed stands for it.
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

    /// Leaves out the blocks that this other one holds too.
    mutating func subtractBlocks(of other: Weight) {
        blocks = blocks.filter { other.blocks[$0.key] == nil }
    }
}
