// Reading and validating the header of a safetensors file. The rules are those of the format's reference
// implementation (`read_metadata` and `validate` in safetensors' tensor.rs): nothing is trusted.

/// A tensor as the header describes it.
public struct SafetensorsEntry: Sendable, Equatable {
    /// The tensor's name.
    public let name: String
    /// The type of its elements.
    public let dtype: SafetensorsDType
    /// Its shape, outermost axis first; empty for a single number.
    public let shape: [Int]
    /// The place of its bytes, counted from the beginning of the file.
    public let byteRange: Range<Int>

    /// The number of elements (1 for a tensor of rank 0).
    public var count: Int { byteRange.count / dtype.width }
}

/// The validated header: the tensors in the order of their data, and the text entries.
struct SafetensorsHeader {
    static let lengthLimit = 100_000_000

    var tensors: [SafetensorsEntry] = []
    var metadata: [String: String] = [:]

    /// Reads the header and nothing else. Throws ``FileError`` and ``SafetensorsError``.
    init(_ file: ReadableFile) throws {
        let length = try Self.readLength(file)
        var text = [UInt8](repeating: 0, count: length)
        try text.withUnsafeMutableBytes { try file.read(into: $0, at: 8) }
        guard text.first == UInt8(ascii: "{") else {
            throw SafetensorsError(file.path, .headerStart(byte: text.first ?? 0))
        }
        let members: JSONObject
        do {
            members = try JSON.parse(text, depthLimit: 8).objectValue ?? JSONObject()
        } catch {
            throw SafetensorsError(file.path, .headerJSON(error))
        }
        let dataStart = 8 + length
        for (name, value) in members.members {
            if name == "__metadata__" {
                metadata = try Self.readMetadata(value, file.path)
            } else {
                tensors.append(try Self.readEntry(name, value, dataStart: dataStart, file.path))
            }
        }
        try sortAndCheckLayout(dataStart: dataStart, file)
    }

    private static func readLength(_ file: ReadableFile) throws -> Int {
        guard file.size >= 8 else { throw SafetensorsError(file.path, .tooShort(size: file.size)) }
        var length: UInt64 = 0
        try withUnsafeMutableBytes(of: &length) { try file.read(into: $0, at: 0) }
        length = UInt64(littleEndian: length)
        guard length <= UInt64(lengthLimit) else {
            throw SafetensorsError(file.path, .headerTooLong(length: length, limit: lengthLimit))
        }
        guard length <= UInt64(file.size - 8) else {
            throw SafetensorsError(file.path, .headerPastEnd(length: length, fileSize: file.size))
        }
        guard length > 0 else { throw SafetensorsError(file.path, .tooShort(size: file.size)) }
        return Int(length)
    }

    private static func readMetadata(_ value: JSON, _ path: String) throws -> [String: String] {
        guard let object = value.objectValue else { throw SafetensorsError(path, .metadataNotText) }
        var metadata: [String: String] = [:]
        for (key, value) in object.members {
            guard let text = value.stringValue else { throw SafetensorsError(path, .metadataNotText) }
            metadata[key] = text
        }
        return metadata
    }

    private static func readEntry(_ name: String, _ value: JSON, dataStart: Int, _ path: String) throws
        -> SafetensorsEntry
    {
        func fail(_ problem: SafetensorsError.Problem) -> SafetensorsError {
            SafetensorsError(path, key: name, problem)
        }
        guard let object = value.objectValue else { throw fail(.entryNotAnObject(found: value.kind)) }
        func field(_ key: String) throws -> JSON {
            guard let value = object[key] else { throw fail(.missingField(key)) }
            return value
        }
        guard let dtypeName = try field("dtype").stringValue else {
            throw fail(.invalidField("dtype", expected: "a name"))
        }
        guard let dtype = SafetensorsDType(rawValue: dtypeName) else { throw fail(.unknownDType(dtypeName)) }
        guard let shape = counts(try field("shape")) else {
            throw fail(.invalidField("shape", expected: "a list of non-negative integers"))
        }
        guard let offsets = counts(try field("data_offsets")), offsets.count == 2 else {
            throw fail(.invalidField("data_offsets", expected: "two non-negative integers"))
        }
        guard offsets[0] <= offsets[1] else {
            throw fail(.offsetsReversed(begin: offsets[0], end: offsets[1]))
        }
        guard let needed = byteCount(shape, dtype) else { throw fail(.sizeOverflow(shape: shape)) }
        let given = offsets[1] - offsets[0]
        guard needed == given else {
            throw fail(.sizeMismatch(dtype: dtype, shape: shape, needed: needed, given: given))
        }
        let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
        guard !overflow else { throw fail(.dataPastEnd(end: offsets[1], available: 0)) }
        return SafetensorsEntry(
            name: name, dtype: dtype, shape: shape, byteRange: offsets[0] + dataStart..<end)
    }

    /// Sorts the tensors by their data, which must lie contiguously from the first byte to the last of the file.
    private mutating func sortAndCheckLayout(dataStart: Int, _ file: ReadableFile) throws {
        tensors.sort { left, right in
            (left.byteRange.lowerBound, left.byteRange.upperBound)
                < (right.byteRange.lowerBound, right.byteRange.upperBound)
        }
        var end = 0
        let available = file.size - dataStart
        for tensor in tensors {
            let begin = tensor.byteRange.lowerBound - dataStart
            guard begin <= end else {
                throw SafetensorsError(file.path, key: tensor.name, .hole(expectedBegin: end, begin: begin))
            }
            guard begin == end else {
                throw SafetensorsError(
                    file.path, key: tensor.name, .overlap(expectedBegin: end, begin: begin))
            }
            end = tensor.byteRange.upperBound - dataStart
            guard end <= available else {
                throw SafetensorsError(
                    file.path, key: tensor.name, .dataPastEnd(end: end, available: available))
            }
        }
        guard end == available else {
            throw SafetensorsError(file.path, .dataUnused(end: end, available: available))
        }
    }

    /// A list of non-negative integers that are written as integers; nil for anything else.
    private static func counts(_ value: JSON) -> [Int]? {
        guard let elements = value.arrayValue else { return nil }
        var counts: [Int] = []
        for element in elements {
            guard case .number(let number) = element, let count = number.integer, count >= 0 else {
                return nil
            }
            counts.append(count)
        }
        return counts
    }

    /// The bytes of a tensor; nil where the product of the sizes other than 0 cannot be counted.
    private static func byteCount(_ shape: [Int], _ dtype: SafetensorsDType) -> Int? {
        var bytes = dtype.width
        for dimension in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(1, dimension))
            if overflow { return nil }
            bytes = product
        }
        return shape.contains(0) ? 0 : bytes
    }
}
