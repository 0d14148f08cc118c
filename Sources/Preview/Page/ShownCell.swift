import Files
import Language

/// A cell as pages show it.
struct ShownCell: Sendable {
    /// The part that stands in the file, as HTML.
    struct Source: Sendable, Equatable {
        var title = ""
        var html = ""
    }

    /// How a cell is off.
    enum State: String, Sendable {
        /// It has no code.
        case prose
        /// What it shows follows from the program; it did not run.
        case kept
        /// It ran.
        case ran
        case running
        /// It will run, or be found unchanged.
        case waiting
        /// What it shows is of another program.
        case stale
        case failed
        /// It did not run because another failed.
        case skipped
        /// A person stopped it.
        case stopped
    }

    /// What changes while it runs.
    struct Status: Sendable {
        var state = State.waiting
        /// Further words: why it did not run or is not kept.
        var note = ""
        /// How long it ran, in seconds.
        var seconds = 0.0
        /// Since when it runs.
        var began: ContinuousClock.Instant?
        var bars = ProgressBars()
        var line = 0
    }

    /// A piece of output.
    enum Output: Sendable {
        /// HTML that `Pages` made, all text in it escaped.
        case html(String)
        /// Text that may grow.
        case text(LiveText)
    }

    var source = Board.Tracked(Source())
    var status = Board.Tracked(Status())
    /// The outputs, each with the change it is from; `outputCount` tells when their number changed.
    var outputs: [Board.Tracked<Output>] = []
    var outputCount = Board.Tracked(0)
    /// The PNG files that the outputs name.
    var pictures: [String: [UInt8]] = [:]

    /// Creates an empty cell, new in a change.
    init(revision: Int) {
        source.revision = revision
        status.revision = revision
        outputCount.revision = revision
    }

    /// Returns what changed since a number, for the page; nil where nothing did.
    func change(since seen: Int, _ id: Int) -> JSON? {
        var parts: [(String, JSON)] = [("id", JSON(id))]
        if source.revision > seen {
            parts.append(("source", ["title": .string(source.value.title), "html": .string(source.value.html)]))
        }
        if status.revision > seen { parts.append(("status", status.value.json)) }
        var pieces: [(String, JSON)] = []
        for (place, output) in outputs.enumerated() where output.revision > seen { pieces.append((String(place), output.value.json)) }
        if outputCount.revision > seen || !pieces.isEmpty {
            parts.append(("outputs", ["count": JSON(outputs.count), "pieces": .object(JSONObject(pieces))]))
        }
        return parts.count > 1 ? .object(JSONObject(parts)) : nil
    }
}

extension ShownCell.Status {
    /// The state for the page.
    var json: JSON {
        [
            "state": .string(state.rawValue), "note": .string(printable(note)), "seconds": JSON(seconds), "line": JSON(line),
            "running": began.map { JSON((.now - $0) / .seconds(1)) } ?? .null, "bars": bars.json,
        ]
    }
}

extension ShownCell.Output {
    /// The piece for the page.
    var json: JSON {
        switch self {
        case .html(let html): ["html": .string(html)]
        case .text(let text): text.json
        }
    }
}

extension ShownCell {
    /// The most pieces of output that a running cell shows; a text of more goes on in the last.
    static let mostPieces = 400

    /// Replaces the outputs.
    mutating func replaceOutputs(_ new: [Output], pictures: [String: [UInt8]], revision: Int) {
        outputs = new.map { Board.Tracked($0, revision: revision) }
        outputCount = Board.Tracked(new.count, revision: revision)
        self.pictures = pictures
    }

    /// Adds a piece of output.
    mutating func append(_ output: Output, revision: Int) {
        outputs.append(Board.Tracked(output, revision: revision))
        outputCount = Board.Tracked(outputs.count, revision: revision)
    }

    /// Adds text, to the text at the end where there is one.
    mutating func append(text: String, revision: Int) {
        if case .text(var live)? = outputs.last?.value {
            // The buffer is changed in place: no other copy of it may be alive.
            outputs[outputs.count - 1] = Board.Tracked(.text(LiveText()), revision: revision)
            live.append(text)
            outputs[outputs.count - 1].value = .text(live)
        } else {
            var live = LiveText()
            live.append(text)
            append(.text(live), revision: revision)
        }
    }
}
