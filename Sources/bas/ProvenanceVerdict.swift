import Commands
import Files
import Language
import Notebook

/// What a rerun says about a picture: whether it came out again, and if not, what may be the reason.
struct ProvenanceVerdict {
    private let result: ProvenanceRun.Result
    private let picture: ProvenanceTexts
    private let drawsUnseeded: Bool
    /// The ratio from which pictures of different kernels count as the same, in dB.
    private static let leastRatio = 30.0

    init(_ result: ProvenanceRun.Result, _ picture: ProvenanceTexts, drawsUnseeded: Bool) {
        (self.result, self.picture, self.drawsUnseeded) = (result, picture, drawsUnseeded)
    }

    /// 0 where the picture came out, the same or within 30 dB; else the program's code where it failed, and 1 where not.
    var exitCode: Int32 {
        switch result.nearest?.match {
        case .same: 0
        case .near(let ratio) where ratio >= Self.leastRatio: 0
        default: result.outcome.exitCode == .ok ? 1 : result.outcome.exitCode.rawValue
        }
    }

    /// The verdict for a person.
    var lines: [String] {
        var lines: [String] = []
        switch result.nearest {
        case (let name, .same, _)?: lines.append("the same, \(picture.format == .svg ? "byte for byte" : "bit for bit"): \(name)")
        case (let name, .near(let ratio), _)?:
            let number = "\((ratio * 10).rounded() / 10) dB"
            lines.append(
                "\(ratio >= Self.leastRatio ? "nearly the same" : "not the same"): \(name) comes nearest, with a PSNR of \(number)")
            lines += reasons
        case nil where result.count == 0: lines.append("no \(picture.format == .svg ? "such figure" : "picture") came out")
        case nil:
            lines.append(
                "none of \(countText(result.count, "picture")) that came out has \(picture.size.map { "its size, \($0)" } ?? "its contents")"
            )
        }
        if result.outcome.status == .error, exitCode != 0 {
            lines.append("the program failed; one that was typed at a prompt records its own input only")
        }
        return lines
    }

    /// What differs between the picture's texts and those of the one that came out, and may be why the pixels do.
    private var reasons: [String] {
        let new = result.nearest?.texts ?? [:]
        var reasons = ["model_hash", "Software", "seed"].compactMap { key -> String? in
            guard let old = picture.texts[key], let now = new[key], old != now else { return nil }
            return "its \(key) is \(old), that of the new one \(now)"
        }
        if drawsUnseeded { reasons.append("the program draws random numbers without a seed") }
        return reasons.isEmpty ? ["perhaps another arithmetic kernel computed it; here it is \(NotebookRunner.kernel)"] : reasons
    }

    /// The verdict as JSON.
    var object: JSONObject {
        var object: JSONObject = [
            "status": .string(result.outcome.status.rawValue), "pictures": JSON(result.count), "kernel": .string(NotebookRunner.kernel),
            "same": .bool(result.nearest?.match == .same),
        ]
        if let (name, match, _) = result.nearest {
            object["nearest"] = .string(name)
            if case .near(let ratio) = match { object["psnr"] = JSON((ratio * 100).rounded() / 100) }
        }
        return object
    }
}
