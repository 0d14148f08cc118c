// The element types of a safetensors file.

/// Element types by their names in the header. All are validated; ``isReadable`` tells which widen to Float.
public enum SafetensorsDType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case f8e5m2 = "F8_E5M2"
    case f8e4m3 = "F8_E4M3"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    /// Bytes an element.
    public var width: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
        case .i16, .u16, .f16, .bf16: 2
        case .i32, .u32, .f32: 4
        case .f64, .i64, .u64: 8
        }
    }

    /// How a tensor keeps such elements as they are.
    public var halfFormat: HalfFormat? {
        switch self {
        case .f16: .float16
        case .bf16: .bfloat16
        default: nil
        }
    }

    public var isReadable: Bool { self != .f8e5m2 && self != .f8e4m3 }

    /// Whether elements are whole numbers (or truth values).
    public var isInteger: Bool {
        switch self {
        case .f8e5m2, .f8e4m3, .f16, .bf16, .f32, .f64: false
        default: true
        }
    }

    /// Whether ``SafetensorsWriter`` writes it.
    public var isWritable: Bool { self == .f32 || self == .f16 || self == .bf16 || self == .u8 }
}
