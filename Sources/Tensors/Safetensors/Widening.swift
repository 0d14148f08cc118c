// Bytes of any readable element type as `Float` or `Int`, by one loop for each type.

enum Widening {
    /// Widens `bytes` (little-endian, whole elements, aligned) into `target`, which has as many elements.
    static func widen(
        _ bytes: UnsafeRawBufferPointer, _ dtype: SafetensorsDType,
        into target: UnsafeMutableBufferPointer<Float>
    ) {
        switch dtype {
        case .f16: map(bytes, target) { (bits: UInt16) in HalfPrecision.widen(float16: bits) }
        case .bf16: map(bytes, target) { (bits: UInt16) in HalfPrecision.widen(bfloat16: bits) }
        case .f32: map(bytes, target) { (value: Float) in value }
        case .f64: map(bytes, target) { (value: Double) in Float(value) }
        case .i64: map(bytes, target) { (value: Int64) in Float(value) }
        case .u64: map(bytes, target) { (value: UInt64) in Float(value) }
        case .i32: map(bytes, target) { (value: Int32) in Float(value) }
        case .u32: map(bytes, target) { (value: UInt32) in Float(value) }
        case .i16: map(bytes, target) { (value: Int16) in Float(value) }
        case .u16: map(bytes, target) { (value: UInt16) in Float(value) }
        case .i8: map(bytes, target) { (value: Int8) in Float(value) }
        case .u8: map(bytes, target) { (value: UInt8) in Float(value) }
        case .bool: map(bytes, target) { (value: UInt8) in value == 0 ? 0 : 1 }
        case .f8e4m3, .f8e5m2: break  // Refused before anything is read.
        }
    }

    /// Appends integers; values of U64 beyond the range of `Int` are clamped.
    static func appendInts(_ bytes: UnsafeRawBufferPointer, _ dtype: SafetensorsDType, to values: inout [Int]) {
        switch dtype {
        case .i64: append(bytes, &values) { (value: Int64) in Int(value) }
        case .u64: append(bytes, &values) { (value: UInt64) in Int(clamping: value) }
        case .i32: append(bytes, &values) { (value: Int32) in Int(value) }
        case .u32: append(bytes, &values) { (value: UInt32) in Int(value) }
        case .i16: append(bytes, &values) { (value: Int16) in Int(value) }
        case .u16: append(bytes, &values) { (value: UInt16) in Int(value) }
        case .i8: append(bytes, &values) { (value: Int8) in Int(value) }
        case .u8: append(bytes, &values) { (value: UInt8) in Int(value) }
        case .bool: append(bytes, &values) { (value: UInt8) in value == 0 ? 0 : 1 }
        case .f8e4m3, .f8e5m2, .f16, .bf16, .f32, .f64: break  // Refused before anything is read.
        }
    }

    @inline(__always)
    private static func map<Element>(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>,
        _ convert: (Element) -> Float
    ) {
        let source = bytes.bindMemory(to: Element.self)
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for index in 0..<min(source.count, target.count) { to[index] = convert(from[index]) }
    }

    @inline(__always)
    private static func append<Element>(
        _ bytes: UnsafeRawBufferPointer, _ values: inout [Int], _ convert: (Element) -> Int
    ) {
        for element in bytes.bindMemory(to: Element.self) { values.append(convert(element)) }
    }
}
