// The element types of a safetensors file.

/// Element types by their names in the header. All are validated; `isReadable` tells which of them can be read.
public enum SafetensorsDType: String, Sendable, CaseIterable {
    /// A byte, 0 or 1.
    case bool = "BOOL"
    /// An unsigned 8-bit integer.
    case u8 = "U8"
    /// A signed 8-bit integer.
    case i8 = "I8"
    /// An 8-bit floating-point number with 5 bits of exponent; cannot be read.
    case f8e5m2 = "F8_E5M2"
    /// An 8-bit floating-point number with 4 bits of exponent; cannot be read.
    case f8e4m3 = "F8_E4M3"
    /// A signed 16-bit integer.
    case i16 = "I16"
    /// An unsigned 16-bit integer.
    case u16 = "U16"
    /// IEEE 754 binary16.
    case f16 = "F16"
    /// The upper half of a binary32.
    case bf16 = "BF16"
    /// A signed 32-bit integer.
    case i32 = "I32"
    /// An unsigned 32-bit integer.
    case u32 = "U32"
    /// IEEE 754 binary32.
    case f32 = "F32"
    /// IEEE 754 binary64.
    case f64 = "F64"
    /// A signed 64-bit integer.
    case i64 = "I64"
    /// An unsigned 64-bit integer.
    case u64 = "U64"

    /// The bytes of an element.
    public var width: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
        case .i16, .u16, .f16, .bf16: 2
        case .i32, .u32, .f32: 4
        case .f64, .i64, .u64: 8
        }
    }

    /// The format in which a tensor can keep such elements unchanged; nil for types that are widened to float32.
    public var halfFormat: HalfFormat? {
        switch self {
        case .f16: .float16
        case .bf16: .bfloat16
        default: nil
        }
    }

    /// Whether elements can be read as float32: all but those of 8-bit floating point.
    public var isReadable: Bool { self != .f8e5m2 && self != .f8e4m3 }

    /// Whether elements are integers or truth values.
    public var isInteger: Bool {
        switch self {
        case .f8e5m2, .f8e4m3, .f16, .bf16, .f32, .f64: false
        default: true
        }
    }

    /// Whether ``SafetensorsWriter`` can write it.
    public var isWritable: Bool { self == .f32 || self == .f16 || self == .bf16 || self == .u8 }
}
