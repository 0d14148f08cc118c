import Files

/// What came of a job, as workers write it: a JSON object on one line.
public struct JobResult: Sendable, Equatable {
    /// How a job ended.
    public enum State: String, Sendable {
        /// It gave its measures.
        case done
        /// It failed with an error.
        case failed
        /// It has begun and not ended.
        case running
    }

    /// The job's identity.
    public let identity: String
    /// How it ended.
    public let state: State
    /// What was measured, by name.
    public var measures = JSONObject()
    /// The error in one line; nil where there is none.
    public var error: String?
    /// The error with its places, as JSON text; nil where there is none.
    public var diagnostic: String?
    /// The seconds that the job took.
    public var seconds = 0.0
    /// The machine's name.
    public var host = ""
    /// The arithmetic kernel.
    public var kernel = ""
    /// When the line was written, in seconds since 1970.
    public var time = 0.0

    /// Makes a result without measures.
    public init(_ identity: String, _ state: State) { (self.identity, self.state) = (identity, state) }

    /// The line, without its end.
    public var line: String {
        var members: [(String, JSON)] = [("job", .string(identity)), ("state", .string(state.rawValue))]
        if state == .done { members.append(("measures", .object(measures))) }
        if let error { members.append(("error", .string(error))) }
        if let diagnostic { members.append(("diagnostic", .string(diagnostic))) }
        members += [("seconds", JSON(seconds)), ("host", .string(host)), ("kernel", .string(kernel)), ("time", JSON(time))]
        return JSON.object(JSONObject(members)).text(allowsNonFinite: true)
    }

    /// Reads a line; nil where it is none.
    public init?(line: some Sequence<UInt8>) {
        guard let json = try? JSON.parse(Array(line), depthLimit: 100, allowsNonFinite: true), let identity = json["job"]?.stringValue,
            let state = json["state"]?.stringValue.flatMap(State.init)
        else { return nil }
        self.init(identity, state)
        if let object = json["measures"]?.objectValue { measures = object }
        (error, diagnostic) = (json["error"]?.stringValue, json["diagnostic"]?.stringValue)
        (seconds, time) = (json["seconds"]?.doubleValue ?? 0, json["time"]?.doubleValue ?? 0)
        (host, kernel) = (json["host"]?.stringValue ?? "", json["kernel"]?.stringValue ?? "")
    }
}
