import Files
import TestSupport

@testable import Jobs

/// A new folder for jobs, removed with the object.
final class JobPlace {
    private let place: TemporaryFolder
    let folder: JobFolder

    init() throws {
        place = try TemporaryFolder()
        folder = JobFolder(place.path)
    }

    static func job(_ number: Int) -> ResultStore.Job {
        .init("id\(number)", number: number, settings: .object(JSONObject([("a", JSON(number)), ("name", .string("it's"))])))
    }

    static func done(_ identity: String, _ measures: [(String, JSON)], time: Double = 0) -> JobResult {
        var result = JobResult(identity, .done)
        (result.measures, result.time, result.seconds) = (JSONObject(measures), time, 2)
        return result
    }

    static func failed(_ identity: String, _ error: String) -> JobResult {
        var result = JobResult(identity, .failed)
        result.error = error
        return result
    }

    func write(_ path: String, _ text: String) throws { try AtomicFile.write(path, text: text) }
}
