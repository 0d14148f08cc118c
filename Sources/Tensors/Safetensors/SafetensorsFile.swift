// A safetensors file: its header is read and validated at once, tensors one by one when they are asked for.

/// Named tensors of one file, or of the shards of an index.
public protocol SafetensorsSource: Sendable {
    /// The file or the index, as errors name it.
    var path: String { get }
    /// The tensors in the order of their data; of shards, in the order of the index.
    var tensors: [SafetensorsEntry] { get }
    /// The text entries of `__metadata__`; of shards, those of the first in alphabetical order.
    var metadata: [String: String] { get }
    /// The description of one tensor. Throws ``SafetensorsError`` with nearest names where there is none.
    func entry(_ name: String) throws -> SafetensorsEntry
    /// Reads a tensor in C order, widened to `Float` (integers and doubles are rounded to nearest). Throws
    /// ``SafetensorsError`` where there is no such tensor, its type cannot be read, or `buffer` has another number of
    /// elements, and ``FileError``.
    func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws
    /// Reads a tensor of F16 or BF16 as it is stored. Throws as `read`.
    func readHalves(_ name: String, into buffer: UnsafeMutableBufferPointer<UInt16>) throws
    /// Reads a tensor of integers; values of U64 beyond `Int.max` are clamped. Throws as `read`.
    func readInts(_ name: String) throws -> [Int]
}

extension SafetensorsSource {
    /// Reads a tensor in C order, widened to `Float`. Throws as `read`.
    public func readFloats(_ name: String) throws -> [Float] {
        let count = try entry(name).count
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}

/// One safetensors file.
public final class SafetensorsFile: SafetensorsSource {
    /// The tensors in the order of their data.
    public let tensors: [SafetensorsEntry]
    /// The text entries of `__metadata__`.
    public let metadata: [String: String]
    private let file: ReadableFile
    private let positions: [ExactString: Int]

    /// The path that it was opened by.
    public var path: String { file.path }

    /// Opens a file and validates its header; no data are read. Throws ``FileError`` and ``SafetensorsError``.
    public init(path: String) throws {
        file = try ReadableFile(path)
        let header = try SafetensorsHeader(file)
        tensors = header.tensors
        metadata = header.metadata
        positions = Dictionary(
            uniqueKeysWithValues: header.tensors.enumerated().map { (ExactString($1.name), $0) })
    }

    /// The description of one tensor. Throws ``SafetensorsError`` with nearest names where there is none.
    public func entry(_ name: String) throws -> SafetensorsEntry {
        guard let position = positions[ExactString(name)] else {
            let nearest = NearestNames.find(name, among: tensors.map(\.name))
            throw SafetensorsError(path, key: name, .noSuchTensor(nearest: nearest))
        }
        return tensors[position]
    }

    /// Whether the file has a tensor of this name.
    public func contains(_ name: String) -> Bool { positions[ExactString(name)] != nil }

    /// Reads a tensor in C order, widened to `Float`; see ``SafetensorsSource/read(_:into:)``.
    public func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        let entry = try entry(name)
        guard entry.dtype.isReadable else {
            throw SafetensorsError(path, key: name, .unreadableDType(entry.dtype))
        }
        guard entry.count == buffer.count else {
            throw SafetensorsError(path, key: name, .wrongCount(expected: entry.count, given: buffer.count))
        }
        try file.checkSize()
        if entry.dtype == .f32 {
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: entry.byteRange.lowerBound)
            return
        }
        try forEachPiece(of: entry) { piece, first in
            let target = UnsafeMutableBufferPointer(
                rebasing: buffer[first..<first + piece.count / entry.dtype.width])
            Widening.widen(piece, entry.dtype, into: target)
        }
    }

    /// Reads a tensor of F16 or BF16 as it is stored.
    public func readHalves(_ name: String, into buffer: UnsafeMutableBufferPointer<UInt16>) throws {
        let entry = try entry(name)
        guard entry.dtype.halfFormat != nil else { throw SafetensorsError(path, key: name, .unreadableDType(entry.dtype)) }
        guard entry.count == buffer.count else {
            throw SafetensorsError(path, key: name, .wrongCount(expected: entry.count, given: buffer.count))
        }
        try file.checkSize()
        try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: entry.byteRange.lowerBound)
    }

    /// Reads a tensor of integers.
    public func readInts(_ name: String) throws -> [Int] {
        let entry = try entry(name)
        guard entry.dtype.isInteger else {
            throw SafetensorsError(path, key: name, .notIntegers(entry.dtype))
        }
        try file.checkSize()
        var values: [Int] = []
        values.reserveCapacity(entry.count)
        try forEachPiece(of: entry) { piece, _ in Widening.appendInts(piece, entry.dtype, to: &values) }
        return values
    }

    /// Calls `body` for the bytes of a tensor in pieces of whole elements, with the index of each piece's first element.
    private func forEachPiece(
        of entry: SafetensorsEntry, _ body: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        let capacity = min(1 << 18, entry.byteRange.count)
        guard capacity > 0 else { return }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        defer { scratch.deallocate() }
        var offset = entry.byteRange.lowerBound
        while offset < entry.byteRange.upperBound {
            let count = min(capacity, entry.byteRange.upperBound - offset)
            let piece = UnsafeMutableRawBufferPointer(rebasing: scratch[..<count])
            try file.read(into: piece, at: offset)
            // After cancelling, the buffer holds bytes that were not read.
            try Cancellation.check()
            try body(UnsafeRawBufferPointer(piece), (offset - entry.byteRange.lowerBound) / entry.dtype.width)
            offset += count
        }
    }
}
