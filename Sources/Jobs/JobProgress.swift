import Files

/// How far the jobs of a folder are, wherever they run: read from the database and from what tasks have written since, without writing
/// anything.
public struct JobProgress: Sendable {
    /// What the list is.
    public let description: JobFolder.Description
    /// The jobs by state.
    public private(set) var counts: JobCounts
    /// Jobs that end in an hour, by the last of them; nil where fewer than two have ended.
    public private(set) var perHour: Double?
    /// The most frequent errors with their numbers, at most five.
    public private(set) var errors: [(text: String, count: Int)] = []
    /// The seconds that the jobs took which have ended.
    public private(set) var seconds = 0.0

    /// The number of last jobs whose times give the rate.
    private static let window = 200

    /// Reads the progress of a folder; nil where it holds no jobs. Throws ``JobFolderError``, ``DatabaseError`` and `FileError`.
    public init?(_ folder: JobFolder) throws {
        guard let description = try folder.described() else { return nil }
        self.description = description
        counts = JobCounts()
        counts.waiting = description.count
        guard FileSystem.exists(folder.database) else { return }
        let store = try ResultStore(folder, .reading)
        counts = try store.counts(description.list)
        var ends = try store.ends(description.list, last: Self.window)
        let known = try store.work(description.list)
        seconds = known.seconds
        var (texts, running) = (Dictionary(known.errors.map { ($0.text, $0.count) }) { a, _ in a }, Set<String>())
        // What tasks have written and nobody has merged yet.
        let news = try TaskFiles(folder).news(store.filesRead()).results
        let missing = news.isEmpty ? [] : Set(try store.missing(description.list))
        var ended: [String: JobResult.State] = [:]
        for result in news where missing.contains(result.identity) {
            guard result.state != .running else {
                running.insert(result.identity)
                continue
            }
            running.remove(result.identity)
            ended[result.identity] = result.state
            seconds += result.seconds
            ends.append(result.time)
            if let error = result.error { texts[error, default: 0] += 1 }
        }
        count(ended, running)
        perHour = Self.rate(ends.sorted().suffix(Self.window))
        errors = texts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { ($0.key, $0.value) }
    }

    private mutating func count(_ ended: [String: JobResult.State], _ running: Set<String>) {
        for state in ended.values { counts[state.rawValue] += 1 }
        counts.running += running.count
        counts.waiting = max(0, counts.waiting - ended.count - running.count)
    }

    private static func rate(_ ends: some RandomAccessCollection<Double>) -> Double? {
        guard let first = ends.first, let last = ends.last, last > first else { return nil }
        return Double(ends.count - 1) / (last - first) * 3600
    }

    /// The seconds until all jobs have ended, at the present rate; nil where that is not known, 0 where all have.
    public var remaining: Double? {
        let left = counts.waiting + counts.running
        if left == 0 { return 0 }
        return perHour.map { Double(left) / $0 * 3600 }
    }

    /// The progress in words, a line each.
    public var lines: [String] {
        let states = [("done", counts.done), ("running", counts.running), ("failed", counts.failed), ("waiting", counts.waiting)]
        var lines = [
            "\(description.command): \(description.count) job\(description.count == 1 ? "" : "s")",
            states.map { "\($0) \($1)" }.joined(separator: ", "),
        ]
        if let perHour { lines.append("\(Self.number(perHour)) jobs an hour") }
        if let remaining, counts.waiting + counts.running > 0 { lines.append("about \(JobTime.text(remaining)) remain") }
        if counts.done + counts.failed > 0 { lines.append("\(JobTime.text(seconds)) of work so far") }
        return lines + errors.map { "\($1) ×: \($0)" }
    }

    private static func number(_ value: Double) -> String {
        value >= 10 ? "\(Int(min(value, 1e15).rounded()))" : "\((value * 10).rounded() / 10)"
    }

    /// The progress as JSON.
    public var json: JSON {
        [
            "command": .string(description.command), "list": .string(description.list), "count": JSON(description.count),
            "done": JSON(counts.done), "running": JSON(counts.running), "failed": JSON(counts.failed), "waiting": JSON(counts.waiting),
            "per_hour": perHour.map { JSON($0) } ?? .null, "remaining_seconds": remaining.map { JSON($0) } ?? .null,
            "worked_seconds": JSON(seconds),
            "errors": .array(errors.map { ["text": .string($0.text), "count": JSON($0.count)] }),
        ]
    }
}
