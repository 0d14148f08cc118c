import Glibc
import Tensors

extension Mask {
    /// The mask with 1 where the value is above `level`, and 0 elsewhere.
    public func thresholded(above level: Float = 0.5) -> Mask {
        Mask(
            size,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i] > level ? 1 : 0 }
            })
    }

    /// The mask grown by `radius` pixels: each pixel has the largest value within that distance. Throws `ImageError`
    /// (badArgument) for a radius below 0 or not finite.
    public func dilated(by radius: Double) throws -> Mask {
        let radius = try checked(radius, "dilate")
        return radius < 1 ? self : Mask(size, clean: largest(within: radius))
    }

    /// The mask shrunk by `radius` pixels: each pixel has the smallest value within that distance. What lies outside of the
    /// picture does not count, so a mask that touches the border still does. Throws `ImageError` (badArgument) for a radius
    /// below 0 or not finite.
    public func eroded(by radius: Double) throws -> Mask {
        let radius = try checked(radius, "erode")
        return radius < 1 ? self : !Mask(size, clean: (!self).largest(within: radius))
    }

    /// The mask blurred by a Gaussian of standard deviation `sigma` pixels; beyond the border its values are repeated.
    /// Throws `ImageError` (badArgument) for a sigma below 0 or not finite.
    public func feathered(sigma: Double) throws -> Mask {
        let sigma = try checked(sigma, "feather")
        guard sigma > 0 else { return self }
        let reach = min(max(1, Int((3 * sigma).rounded(.up))), max(width, height))
        let raw = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = raw.reduce(0, +)
        let kernel = raw.map { Float($0 / sum) }
        let across = blurred(values, lines: height, length: width, lineStep: width, step: 1, kernel)
        let down = blurred(across, lines: width, length: height, lineStep: 1, step: width, kernel)
        return Mask(width: width, height: height, values: down)
    }

    private func checked(_ amount: Double, _ what: String) throws -> Double {
        guard amount >= 0, amount.isFinite else {
            throw ImageError.argument("\(what): the number of pixels is 0 or more, not \(amount)")
        }
        return min(amount, Double(max(width, height)))
    }

    /// The largest values within a disc, which is a stack of horizontal spans: for each of its rows, the running maximum
    /// over its span.
    private func largest(within radius: Double) -> [Float] {
        var out = values
        var line = [Float](repeating: 0, count: width)
        for dy in 0...Int(radius) {
            let half = Int((radius * radius - Double(dy * dy)).squareRoot())
            Parallel.eachRow(0..<height) { y in
                guard y - dy >= 0 || y + dy < height else { return }
                runningMaximum(row: y, half: half, &line)
                for target in dy == 0 ? [y] : [y - dy, y + dy] where target >= 0 && target < height {
                    for x in 0..<width { out[target * width + x] = max(out[target * width + x], line[x]) }
                }
            }
        }
        return out
    }

    /// Sets line[x] to the maximum of row `row` over x − half … x + half, in time independent of `half`: a queue holds the
    /// columns whose values can still become the maximum, largest first.
    private func runningMaximum(row: Int, half: Int, _ line: inout [Float]) {
        let start = row * width
        var queue = [Int]()
        var head = 0
        queue.reserveCapacity(width)
        for x in 0..<(width + half) {
            if x < width {
                while queue.count > head, values[start + queue[queue.count - 1]] <= values[start + x] {
                    queue.removeLast()
                }
                queue.append(x)
            }
            let centre = x - half
            guard centre >= 0 else { continue }
            while queue[head] < centre - half { head += 1 }
            line[centre] = values[start + queue[head]]
        }
    }
}

/// The convolution of `lines` runs of `length` values, `step` apart, with a normalized kernel of odd length.
private func blurred(
    _ values: [Float], lines: Int, length: Int, lineStep: Int, step: Int, _ kernel: [Float]
) -> [Float] {
    let reach = kernel.count / 2
    return [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
        count = values.count
        guard let out = buffer.baseAddress else { return }
        Parallel.pieces(lines, costs: length * kernel.count) { part in
            var padded = [Float](repeating: 0, count: length + 2 * reach)
            for line in part {
                let start = line * lineStep
                for i in padded.indices { padded[i] = values[start + min(max(i - reach, 0), length - 1) * step] }
                for i in 0..<length {
                    var sum: Float = 0
                    for k in kernel.indices { sum += padded[i + k] * kernel[k] }
                    out[start + i * step] = sum
                }
            }
        }
    }
}
