import Tensors

/// The EXIF field that says how a photo is to be turned.
enum EXIF {
    /// The orientation 1…8 of a JPEG file (TIFF tag 0x0112); 1, upright, where the file has none that is valid.
    static func orientation(ofJPEG data: [UInt8]) -> Int {
        var at = 2
        while let marker = bigEndian(data, at), marker >> 8 == 0xFF {
            let kind = marker & 0xFF
            // Padding, then restart markers and TEM, which have no length; pixels start at SOS.
            if kind == 0xFF {
                at += 1
                continue
            }
            if (0xD0...0xD7).contains(kind) || kind == 0x01 {
                at += 2
                continue
            }
            guard kind != 0xDA, kind != 0xD9, let length = bigEndian(data, at + 2), length >= 2 else {
                return 1
            }
            let end = min(at + 2 + length, data.count)
            if kind == 0xE1, end - at > 10, data[(at + 4)..<(at + 10)].elementsEqual("Exif\0\0".utf8) {
                return orientation(ofTIFF: Array(data[(at + 10)..<end])) ?? 1
            }
            at = end
        }
        return 1
    }

    /// The orientation from the TIFF structure in the APP1 segment: the first directory's entry 0x0112, a SHORT; nil where
    /// there is none.
    private static func orientation(ofTIFF tiff: [UInt8]) -> Int? {
        let little: Bool
        switch tiff.prefix(2).map({ $0 }) {
        case [0x49, 0x49]: little = true
        case [0x4D, 0x4D]: little = false
        default: return nil
        }
        func short(_ at: Int) -> Int? {
            bigEndian(tiff, at).map { little ? ($0 & 0xFF) << 8 | $0 >> 8 : $0 }
        }
        func long(_ at: Int) -> Int? {
            guard let first = short(at), let second = short(at + 2) else { return nil }
            return little ? second << 16 | first : first << 16 | second
        }
        guard short(2) == 42, let directory = long(4), let count = short(directory) else { return nil }
        for i in 0..<count where short(directory + 2 + 12 * i) == 0x0112 {
            guard let value = short(directory + 2 + 12 * i + 8), (1...8).contains(value) else { return nil }
            return value
        }
        return nil
    }

    private static func bigEndian(_ bytes: [UInt8], _ at: Int) -> Int? {
        guard at >= 0, at + 1 < bytes.count else { return nil }
        return Int(bytes[at]) << 8 | Int(bytes[at + 1])
    }
}

extension Raster {
    /// The picture turned and mirrored so that it is upright, by EXIF's orientation.
    func oriented(_ orientation: Int) -> Raster {
        guard (2...8).contains(orientation) else { return self }
        let turned = orientation >= 5
        var out = self
        if turned { swap(&out.width, &out.height) }
        Parallel.eachRow(0..<out.height) { y in
            for x in 0..<out.width {
                // Where pixel (x, y) of the upright picture lies in the stored one.
                let (sx, sy) =
                    switch orientation {
                    case 2: (width - 1 - x, y)
                    case 3: (width - 1 - x, height - 1 - y)
                    case 4: (x, height - 1 - y)
                    case 5: (y, x)
                    case 6: (y, height - 1 - x)
                    case 7: (width - 1 - y, height - 1 - x)
                    default: (width - 1 - y, x)
                    }
                for c in 0..<channels {
                    out.bytes[(y * out.width + x) * channels + c] = bytes[(sy * width + sx) * channels + c]
                }
            }
        }
        return out
    }
}
