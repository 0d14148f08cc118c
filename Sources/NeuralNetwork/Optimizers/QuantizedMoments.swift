import CKernels
import Tensors

/// The two moments of a parameter in 8 bits (Dettmers et al. 2022): each block of 256 elements has one scale, and each
/// element a byte that stands for an entry of a fixed table, which is finer near zero.
public struct QuantizedMoments: Sendable {
    /// The elements from which on a parameter is quantized. Smaller ones keep 32 bits, as in bitsandbytes: they save
    /// little, and norms are sensitive.
    public static let smallest = 4096
    private static let block = Int(BAS_ADAMW8_BLOCK)

    /// The parameter's shape.
    public let shape: [Int]
    /// The first moments, as places in `signedCode`.
    public private(set) var first: [UInt8]
    /// The second moments, as places in `unsignedCode`.
    public private(set) var second: [UInt8]
    /// The largest magnitude of the first moments in each block.
    public private(set) var firstScale: Tensor
    /// The largest of the second moments in each block.
    public private(set) var secondScale: Tensor

    init(shape: [Int]) {
        self.shape = shape
        let count = Shape.count(shape)
        let blocks = (count + Self.block - 1) / Self.block
        first = Array(repeating: Self.zero(of: Self.signedCode), count: count)
        second = Array(repeating: Self.zero(of: Self.unsignedCode), count: count)
        firstScale = .zeros([blocks])
        secondScale = .zeros([blocks])
    }

    /// Moments as a checkpoint kept them; nil where their sizes do not fit each other.
    public init?(shape: [Int], first: [UInt8], second: [UInt8], firstScale: Tensor, secondScale: Tensor) {
        self.init(shape: shape)
        guard first.count == self.first.count, second.count == first.count, firstScale.shape == self.firstScale.shape,
            secondScale.shape == firstScale.shape
        else { return nil }
        (self.first, self.second, self.firstScale, self.secondScale) = (first, second, firstScale, secondScale)
    }

    /// Does one step of AdamW on `parameter`, by blocks on all threads.
    mutating func update(_ parameter: UnsafeMutableBufferPointer<Float>, gradient: Tensor, _ options: inout bas_adamw_options) {
        guard let p = parameter.baseAddress else { return }
        let (count, blocks) = (parameter.count, firstScale.count)
        let tasks = max(1, min(16, blocks / 16))
        let (firstScale, secondScale) = (firstScale.mutate { $0.baseAddress! }, secondScale.mutate { $0.baseAddress! })
        first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
                guard let m = first.baseAddress, let v = second.baseAddress else { return }
                Parallel.run(tasks: tasks) { task in
                    let range = Parallel.range(task, of: tasks, count: blocks)
                    let start = range.lowerBound * Self.block
                    bas_adamw8(
                        p + start, m + start, v + start, firstScale + range.lowerBound, secondScale + range.lowerBound,
                        gradient.pointer + start,
                        Self.signedTable, Self.unsignedTable, &options, min(count, range.upperBound * Self.block) - start)
                }
            }
        }
        keepAlive(gradient)
    }

    // MARK: The tables

    /// The table of first moments: both signs, magnitudes from 5.5e-7 to 1, and 0.
    static let signedCode = dynamicCode(isSigned: true)
    /// The table of second moments: 0, and from 3.3e-7 to 1.
    static let unsignedCode = dynamicCode(isSigned: false)

    /// Dynamic tree quantization: seven decades, each with twice as many steps as the one below, spread evenly over 0.1…1
    /// of it; 0 and 1 beside them. Sorted in rising order.
    static func dynamicCode(isSigned: Bool) -> [Float] {
        var code: [Double] = [0, 1]
        for decade in 0..<7 {
            let steps = (isSigned ? 1 : 2) << decade
            let scale = (0..<6 - decade).reduce(1.0) { value, _ in value / 10 }
            for step in 0..<steps {
                let middle = 0.1 + 0.9 * (Double(step) + 0.5) / Double(steps)
                code.append(scale * middle)
                if isSigned { code.append(-scale * middle) }
            }
        }
        return code.map(Float.init).sorted()
    }

    /// Copies of the tables for the kernel, made once and never freed.
    private nonisolated(unsafe) static let signedTable = table(signedCode)
    private nonisolated(unsafe) static let unsignedTable = table(unsignedCode)

    private static func table(_ code: [Float]) -> UnsafePointer<Float> {
        let pointer = UnsafeMutablePointer<Float>.allocate(capacity: code.count)
        pointer.initialize(from: code, count: code.count)
        return UnsafePointer(pointer)
    }

    /// The place of 0 in a table.
    private static func zero(of code: [Float]) -> UInt8 { UInt8(code.firstIndex(of: 0) ?? 0) }
}
