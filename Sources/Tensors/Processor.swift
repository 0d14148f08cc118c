import CKernels

/// Describes the processor, for headers of benchmarks and bug reports.
public enum Processor {
    /// The processor's name as the system gives it, or "unknown processor".
    public static let name: String = {
        var buffer = [CChar](repeating: 0, count: 128)
        bas_processor_name(&buffer, buffer.count)
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.isEmpty ? "unknown processor" : text
    }()

    /// The vector instructions that the kernels use on it: "AVX-512", "AVX2" or "baseline".
    public static var vectors: String { BLAS.wanted.name }
}
