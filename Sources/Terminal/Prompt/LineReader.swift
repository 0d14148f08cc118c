import CReadline
import Glibc
import Language

/// What a person entered at the prompt.
public enum LineInput: Equatable, Sendable {
    /// A line without its end.
    case line(String)
    /// Ctrl-C, which discards the line.
    case interrupted
    /// Ctrl-D, or the end of a file.
    case end
}

/// Reads lines for the prompt.
protocol LineReader: AnyObject {
    /// Returns the next line, waiting for it.
    func read(prompt: String) -> LineInput
    /// Adds an entry to those that Up and Down bring back.
    func remember(_ entry: String)
}

/// A pipe that wakes a reader; both ends are closed with the object.
final class WakePipe {
    let reading: Int32
    let writing: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard bas_pipe(&ends, 1) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }
}

/// Lines from a terminal, edited by GNU readline. There is one terminal, so only one of these may exist at a time.
final class EditingReader: LineReader {
    /// Returns the candidates for a line at a UTF-8 offset.
    typealias Completer = (_ line: String, _ cursor: Int) -> [Candidate]

    private let completer: Completer
    private let wake: WakePipe
    private var started = false

    /// Creates a reader, or returns nil where no pipe can be made.
    init?(completer: @escaping Completer) {
        guard let wake = WakePipe() else { return nil }
        self.completer = completer
        self.wake = wake
    }

    deinit {
        if started { bas_line_start(nil, nil) }
    }

    /// Starts readline, which reads its own files here, with a history.
    func start(history: [String], limit: Int) {
        started = true
        bas_line_start(
            { context, line, cursor in
                guard let context, let line else { return }
                let reader = Unmanaged<EditingReader>.fromOpaque(context).takeUnretainedValue()
                reader.complete(String(cString: line), cursor)
            }, Unmanaged.passUnretained(self).toOpaque())
        bas_line_history_limit(Int32(clamping: limit))
        for entry in history { bas_line_history_add(entry) }
    }

    private func complete(_ line: String, _ cursor: Int) {
        for candidate in completer(line, cursor) where candidate.range.lowerBound >= 0 {
            bas_line_add_candidate(
                printable(candidate.text), printable(candidate.detail), candidate.range.lowerBound,
                candidate.range.upperBound)
        }
    }

    func read(prompt: String) -> LineInput {
        SignalWatcher.shared.whileReading(wake: wake.writing) {
            var text: UnsafeMutablePointer<CChar>?
            let status = bas_line_read(prompt, wake.reading, &text)
            defer { free(text) }
            switch status {
            case bas_line_interrupted: return .interrupted
            case bas_line_read_one: return text.map { .line(String(cString: $0)) } ?? .end
            default: return .end
            }
        }
    }

    func remember(_ entry: String) { bas_line_history_add(entry) }
}

/// Lines from a file or a pipe: no prompt, no echo, no editing.
final class PlainReader: LineReader {
    private let descriptor: Int32
    private let wake: WakePipe?
    private var held: [UInt8] = []
    private var ended = false

    init(descriptor: Int32 = STDIN_FILENO) {
        self.descriptor = descriptor
        wake = WakePipe()
    }

    func read(prompt: String) -> LineInput {
        guard let wake else { return next(wake: -1) }
        return SignalWatcher.shared.whileReading(wake: wake.writing) { next(wake: wake.reading) }
    }

    private func next(wake: Int32) -> LineInput {
        while true {
            if let end = held.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: held[..<end], as: UTF8.self)
                held.removeSubrange(...end)
                return .line(line.hasSuffix("\r") ? String(line.dropLast()) : line)
            }
            if ended {
                defer { held = [] }
                return held.isEmpty ? .end : .line(String(decoding: held, as: UTF8.self))
            }
            if !waitForInput(wake: wake) { return .interrupted }
            fill()
        }
    }

    /// Waits for input; returns false after Ctrl-C.
    private func waitForInput(wake: Int32) -> Bool {
        while true {
            var sources = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&sources, 2, -1) >= 0 else { continue }
            var byte: UInt8 = 0
            if sources[1].revents != 0, Glibc.read(wake, &byte, 1) == 1,
                UInt32(byte) == bas_wake_interrupt.rawValue
            {
                return false
            }
            if sources[0].revents != 0 { return true }
        }
    }

    private func fill() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 { held += buffer[..<count] } else if count == 0 || errno != EINTR { ended = true }
    }

    func remember(_ entry: String) {}
}
