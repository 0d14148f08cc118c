import Glibc

/// The clock of what is written about jobs. It is never part of a result.
public enum JobTime {
    /// The seconds since 1970.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The name of this machine.
    public static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// Returns a time in words: "40 s", "12 min", "3 h 20 min", "2 d 4 h".
    public static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "unknown" }
        let whole = Int(max(0, seconds).rounded())
        switch whole {
        case ..<100: return "\(whole) s"
        case ..<5400: return "\((whole + 30) / 60) min"
        case ..<172_800: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }
}
