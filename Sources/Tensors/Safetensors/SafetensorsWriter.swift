// Writing safetensors: the header first, then one tensor after the other, without a copy of any.

/// A tensor to write. Its values are asked for when it is its turn.
public struct SafetensorsTensor {
    /// The tensor's name.
    public let name: String
    /// The type to write: F32, F16, BF16 or U8.
    public let dtype: SafetensorsDType
    /// Its shape, outermost axis first.
    public let shape: [Int]
    /// Calls its argument with consecutive pieces that together are the tensor in C order.
    let giveValues: (_ take: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// The number of elements; nil where a size is negative, or the number cannot be counted.
    var count: Int? {
        shape.reduce(1) { (product: Int?, dimension) in
            guard let product, dimension >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            return overflow ? nil : next
        }
    }

    /// A tensor whose values come in consecutive pieces, for storage that is not an array.
    public init(
        _ name: String, _ dtype: SafetensorsDType = .f32, shape: [Int],
        values: @escaping ((UnsafeBufferPointer<Float>) throws -> Void) throws -> Void
    ) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        giveValues = values
    }

    /// A tensor of these values in C order.
    public init(_ name: String, _ dtype: SafetensorsDType = .f32, shape: [Int], _ values: [Float]) {
        self.init(name, dtype, shape: shape) { take in try values.withUnsafeBufferPointer(take) }
    }
}

/// Writes safetensors files.
public enum SafetensorsWriter {
    /// Writes a file atomically (``AtomicFile``). Tensors are laid out by the width of their elements and then by name, so
    /// that every one is aligned, and equal contents are equal bytes whatever order they were given in.
    ///
    /// `metadata`: its default is what transformers needs. Throws ``FileError`` (no permission, no space, missing folder,
    /// …), `CancellationError`, and ``SafetensorsError`` where a name occurs twice, a type cannot be written, or the values
    /// are not as many as the shape says. Values of F16 and BF16 are rounded to nearest, those of U8 truncated and limited
    /// to 0…255.
    public static func write(
        _ path: String, _ tensors: [SafetensorsTensor], metadata: [String: String] = ["format": "pt"]
    ) throws {
        let ordered = tensors.sorted { left, right in
            left.dtype.width != right.dtype.width
                ? left.dtype.width > right.dtype.width
                : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        let header = try header(ordered, metadata, path)
        try AtomicFile.write(path) { sink in
            try sink.write(header)
            for tensor in ordered { try write(tensor, to: sink, path) }
        }
    }

    private static func header(_ tensors: [SafetensorsTensor], _ metadata: [String: String], _ path: String)
        throws -> [UInt8]
    {
        var object = JSONObject()
        if !metadata.isEmpty {
            let members = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            object["__metadata__"] = .object(JSONObject(members))
        }
        var offset = 0
        for tensor in tensors {
            guard tensor.dtype.isWritable else {
                throw SafetensorsError(path, key: tensor.name, .unwritableDType(tensor.dtype))
            }
            guard let count = tensor.count, count <= (Int.max - offset) / tensor.dtype.width else {
                throw SafetensorsError(path, key: tensor.name, .sizeOverflow(shape: tensor.shape))
            }
            let end = offset + count * tensor.dtype.width
            let entry: JSON = [
                "dtype": .string(tensor.dtype.rawValue),
                "shape": .array(tensor.shape.map { JSON($0) }),
                "data_offsets": .array([JSON(offset), JSON(end)]),
            ]
            guard tensor.name != "__metadata__", object.append(tensor.name, entry) else {
                throw SafetensorsError(path, key: tensor.name, .duplicateName)
            }
            offset = end
        }
        var text = Array(JSON.object(object).text().utf8)
        text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    /// Writes a tensor's values; throws ``SafetensorsError`` where they are not as many as its shape says.
    private static func write(_ tensor: SafetensorsTensor, to sink: AtomicFileSink, _ path: String) throws {
        try Cancellation.check()
        let expected = tensor.count ?? 0
        var given = 0
        try tensor.giveValues { values in
            given += values.count
            guard given <= expected else { return }
            switch tensor.dtype {
            case .f16: try writeHalves(values, to: sink) { HalfPrecision.narrow(float16: $0) }
            case .bf16: try writeHalves(values, to: sink) { HalfPrecision.narrow(bfloat16: $0) }
            case .u8: try sink.write(values.map { UInt8(min(max($0, 0), 255)) })
            default: try sink.write(UnsafeRawBufferPointer(values))
            }
        }
        guard given == expected else {
            throw SafetensorsError(path, key: tensor.name, .wrongCount(expected: expected, given: given))
        }
    }

    @inline(__always)
    private static func writeHalves(
        _ values: UnsafeBufferPointer<Float>, to sink: AtomicFileSink, _ narrow: (Float) -> UInt16
    ) throws {
        let capacity = 1 << 15
        var scratch = [UInt16](repeating: 0, count: min(capacity, values.count))
        for start in stride(from: 0, to: values.count, by: capacity) {
            let count = min(capacity, values.count - start)
            for index in 0..<count { scratch[index] = narrow(values[start + index]) }
            try scratch.withUnsafeBytes {
                try sink.write(UnsafeRawBufferPointer(rebasing: $0[..<(2 * count)]))
            }
        }
    }
}

extension SafetensorsTensor {
    /// A tensor as it lies in memory, without a copy; one that is kept in 16 bits is widened.
    public init(_ name: String, _ tensor: Tensor, dtype: SafetensorsDType = .f32) {
        self.init(name, dtype, shape: tensor.shape) { take in
            defer { keepAlive(tensor) }
            try take(UnsafeBufferPointer(start: tensor.pointer, count: tensor.count))
        }
    }

    /// A tensor of bytes, as integers 0…255.
    public init(_ name: String, shape: [Int], bytes: [UInt8]) {
        self.init(name, .u8, shape: shape) { take in
            for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
                let piece = bytes[start..<min(start + (1 << 16), bytes.count)].map(Float.init)
                try piece.withUnsafeBufferPointer(take)
            }
        }
    }
}
