import Files
import Glibc
import Language

/// Shows pictures, by storing them in a file or in the terminal itself.
public protocol PictureShower: Sendable {
    /// Returns the text that stands for the picture in the output, without a line end. Throws a `Problem` where the picture cannot be
    /// shown.
    func show(_ image: DisplayImage) throws -> String
}

/// A picture that a file holds already.
struct StoredPicture: PictureShower {
    /// The file's path.
    let path: String

    func show(_ image: DisplayImage) -> String { line(image) }

    /// Returns the line that stands for a picture of the file.
    func line(_ image: DisplayImage) -> String {
        let alt = printable(image.alt).split(separator: "\n").joined(separator: " ")
        return alt.isEmpty ? "picture → \(path)" : "picture: \(alt) → \(path)"
    }
}

/// Stores pictures in a folder as `1.png`, `2.png`, …, each under a free number.
public struct PictureFolder: PictureShower {
    /// The folder's path.
    public let path: String

    /// Creates a shower for a folder, which is made with the first picture.
    public init(path: String = ".bas/out") {
        self.path = path
    }

    /// Stores the picture and returns `picture: ALT → .bas/out/7.png`. Throws `.cannotWrite`, `.noPermission` or `.diskFull`.
    public func show(_ image: DisplayImage) throws -> String {
        StoredPicture(path: try store(image.png)).line(image)
    }

    private func store(_ bytes: [UInt8]) throws -> String {
        // What came with a downloaded program may have a link in the folder's place.
        if Confinement.current != nil, !path.hasPrefix("/"), RealPath.of(path) != RealPath.of(".").map({ "\($0 == "/" ? "" : $0)/\(path)" })
        {
            throw Problem(.notPermitted, "the picture is not stored: \"\(printable(path))\" is a link that leads elsewhere")
        }
        guard Surroundings.makeFolder(path, mode: 0o777) else { throw problem(errno, path) }
        var number = highestNumber() + 1
        while true {
            let file = "\(path)/\(number).png"
            let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                try write(bytes, to: descriptor, file)
                return file
            }
            // Another session has just taken this number.
            guard errno == EEXIST else { throw problem(errno, file) }
            number += 1
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32, _ file: String) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                close(descriptor)
                unlink(file)
                throw problem(code, file)
            }
            done += count
        }
        guard close(descriptor) == 0 else { throw problem(errno, file) }
    }

    private func highestNumber() -> Int {
        guard let handle = opendir(path) else { return 0 }
        defer { closedir(handle) }
        var highest = 0
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".png"), let number = Int(name.dropLast(4)), number < Int.max - 1 {
                highest = max(highest, number)
            }
        }
        return highest
    }

    private func problem(_ code: Int32, _ file: String) -> Problem {
        let what = "the picture cannot be stored as \"\(printable(file))\""
        switch code {
        case ENOSPC, EDQUOT: return Problem(.diskFull, "\(what): the disk is full")
        case EACCES, EPERM, EROFS:
            return Problem(
                .noPermission, "\(what): no permission to write there",
                help: "run bas in a folder that you may write to")
        default: return Problem(.cannotWrite, "\(what): \(Surroundings.errorText(code))")
        }
    }
}
