import Files
import Glibc
import Synchronization
import TestSupport

/// A tab of a browser: reads events, and has what a page would show.
final class Tab: Sendable {
    struct Cell {
        var title = ""
        var html = ""
        var state = ""
        var note = ""
        var bars: [JSON] = []
        var pieces: [JSON] = []

        /// All outputs as one text.
        var shown: String {
            pieces.map { ($0["html"]?.stringValue ?? "") + ($0["text"]?.stringValue ?? "") + ($0["tail"]?.stringValue ?? "") }.joined(
                separator: "\n")
        }
    }

    struct Contents {
        var cells: [Int: Cell] = [:]
        var order: [Int] = []
        var head: JSON = .null
        var events = 0
        var bytes = 0
        var largest = 0
        /// When each event came, in seconds.
        var times: [Double] = []
        var isOpen = true
    }

    private let file: Int32
    private let contents = Mutex(Contents())

    init(_ stage: Stage) {
        file = stage.client.connect()
        HTTPClient.write(file, HTTPClient.text("GET", "/\(stage.token)/events", port: stage.client.port))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Tab>.fromOpaque(argument).takeRetainedValue().read() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// Goes away, as a browser does that is ended.
    func leave() { shutdown(file, Int32(SHUT_RDWR)) }

    var now: Contents { contents.withLock { $0 } }

    /// The cell at a place.
    func cell(_ place: Int) -> Cell {
        let now = now
        guard now.order.indices.contains(place) else { return Cell() }
        return now.cells[now.order[place]] ?? Cell()
    }

    var states: [String] {
        let now = now
        return now.order.map { now.cells[$0]?.state ?? "" }
    }

    var isRunning: Bool { now.head["running"]?.boolValue ?? true }

    private func read() {
        var rest: [UInt8] = []
        while let part = HTTPClient.read(file) {
            rest += part
            while let end = rest.firstIndex(of: 10) {
                take(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        contents.withLock { $0.isOpen = false }
        close(file)
    }

    private func take(_ line: String) {
        guard line.hasPrefix("data: "), let json = try? JSON.parse(Array(line.utf8.dropFirst(6))) else { return }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        contents.withLock { contents in
            contents.events += 1
            contents.bytes += line.utf8.count
            contents.largest = max(contents.largest, line.utf8.count)
            contents.times.append(Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
            if let head = json["head"] { contents.head = head }
            if let order = json["order"]?.arrayValue { contents.order = order.compactMap(\.intValue) }
            for change in json["cells"]?.arrayValue ?? [] {
                guard let id = change["id"]?.intValue else { continue }
                contents.cells[id, default: Cell()].take(change)
            }
        }
    }
}

extension Tab.Cell {
    fileprivate mutating func take(_ change: JSON) {
        if let source = change["source"] { (title, html) = (source["title"]?.stringValue ?? "", source["html"]?.stringValue ?? "") }
        if let status = change["status"] {
            (state, note, bars) = (status["state"]?.stringValue ?? "", status["note"]?.stringValue ?? "", status["bars"]?.arrayValue ?? [])
        }
        guard let outputs = change["outputs"], let count = outputs["count"]?.intValue else { return }
        pieces = Array(pieces.prefix(count)) + Array(repeating: .null, count: max(0, count - pieces.count))
        for (key, piece) in outputs["pieces"]?.objectValue?.members.map({ ($0.0, $0.1) }) ?? [] {
            if let place = Int(key), pieces.indices.contains(place) { pieces[place] = piece }
        }
    }
}
