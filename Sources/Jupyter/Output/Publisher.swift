import Files
import Language
import Synchronization

/// Publishes what a session shows: each event becomes a message to all clients, as part of the request that runs. Text is collected for a
/// moment, so that many short pieces make few messages, and neither text nor pictures of one request are without end.
final class Publisher: Sendable {
    /// The number of columns for which values are laid out.
    static let width = 100
    /// The longest time that text waits for more, in seconds.
    static let moment = 0.1
    /// The number of bytes of text that do not wait for more.
    static let enough = 16 << 10
    /// The most bytes of text, and of PNG files with the HTML that has them, that one request publishes.
    static let mostText = 512 << 10
    static let mostPictures = 64 << 20

    /// The names of the two streams.
    enum Stream: String {
        case output = "stdout"
        case errors = "stderr"
    }

    /// What is published of a run.
    enum Extent {
        /// Everything.
        case all
        /// Everything but results.
        case withoutResults
    }

    private struct State {
        /// The header of the request that runs; nil where none does.
        var parent: [UInt8]?
        var number = 0
        var extent = Extent.all
        var text = ""
        var stream = Stream.output
        /// When the collected text is due.
        var due: Double?
        var textLeft = 0
        var picturesLeft = 0
        var toldOfText = false
        var toldOfPictures = false
        var bars = ProgressBars()
        var errors: [Diagnostic] = []
        var results: [String] = []
    }

    private let outbox: Outbox
    private let html: @Sendable (Display) -> String?
    private let state = Mutex(State())

    /// Creates a publisher. `html` is that of `Kernel.Settings`.
    init(outbox: Outbox, html: @escaping @Sendable (Display) -> String?) { (self.outbox, self.html) = (outbox, html) }

    /// Begins to publish for a request. `number` is that of the cell, which results carry.
    func begin(_ request: Message, number: Int, extent: Extent) {
        state.withLock { state in
            state = State()
            state.parent = request.header
            (state.number, state.extent) = (number, extent)
            (state.textLeft, state.picturesLeft) = (Self.mostText, Self.mostPictures)
        }
    }

    /// Publishes what is left, and ends. Returns the errors, which are not published, and the results as text.
    func end() -> (errors: [Diagnostic], results: String) {
        state.withLock { state in
            for update in state.bars.end(at: monotonicSeconds()) { show(update, &state) }
            flush(&state)
            defer { state = State() }
            return (state.errors, state.results.joined(separator: "\n"))
        }
    }

    /// Publishes an event; outside of a request it is lost. May be called from any thread.
    func handle(_ event: Event) {
        state.withLock { state in
            guard state.parent != nil else { return }
            switch event {
            case .started, .finished: break
            case .stream(let text): write(text, .output, &state)
            case .progress(let progress):
                if let update = state.bars.update(progress, at: monotonicSeconds()) { show(update, &state) }
            case .display(let display): show(display, &state)
            case .result(let value, let display): result(value, display, &state)
            case .diagnostic(let diagnostic):
                if diagnostic.severity == .error { return state.errors.append(diagnostic) }
                write(Self.text(of: diagnostic) + "\n", .errors, &state)
            }
        }
    }

    /// Publishes a text as the result of the request.
    func answer(_ text: String) {
        state.withLock { publishResult(["text/plain": .string(printable(text))], &$0) }
    }

    /// Publishes a remark of the kernel itself.
    func remark(_ text: String) {
        state.withLock { write("(\(text))\n", .errors, &$0) }
    }

    /// Publishes collected text that is due. Returns the seconds until the rest is, or nil where there is none.
    func flushDue(at now: Double) -> Double? {
        state.withLock { state in
            guard let due = state.due else { return nil }
            if due > now { return due - now }
            flush(&state)
            return nil
        }
    }

    /// Returns the text of a diagnostic, without colours.
    static func text(of diagnostic: Diagnostic) -> String { diagnostic.fancy(width: width) }

    // MARK: text

    private func write(_ text: String, _ stream: Stream, _ state: inout State) {
        guard !text.isEmpty, state.textLeft > 0 else { return tellOfText(text, &state) }
        if state.stream != stream { flush(&state) }
        state.stream = stream
        let piece = cut(text, to: state.textLeft)
        state.textLeft -= piece.utf8.count
        state.text += printable(piece)
        if piece.utf8.count < text.utf8.count {
            state.textLeft = 0
            return tellOfText(text, &state)
        }
        if state.text.utf8.count >= Self.enough { return flush(&state) }
        guard state.due == nil else { return }
        state.due = monotonicSeconds() + Self.moment
        outbox.letters.wake()
    }

    private func tellOfText(_ text: String, _ state: inout State) {
        guard !text.isEmpty, !state.toldOfText else { return }
        state.toldOfText = true
        flush(&state)
        publishText("\n(what else this cell writes is not shown: it is more than \(byteText(Self.mostText)))\n", .errors, state)
    }

    private func flush(_ state: inout State) {
        state.due = nil
        guard !state.text.isEmpty else { return }
        publishText(state.text, state.stream, state)
        state.text = ""
    }

    private func publishText(_ text: String, _ stream: Stream, _ state: State) {
        publish("stream", ["name": .string(stream.rawValue), "text": .string(text)], state)
    }

    /// Returns as many whole characters as fit into this many bytes.
    private func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    // MARK: values

    private func result(_ value: Value, _ display: Display, _ state: inout State) {
        guard state.extent == .all else { return }
        state.results.append(display.plain)
        var data = bundle(display, &state)
        // A table's values themselves say more than the text that was laid out for them.
        if let table = HTMLTable.text(of: value) { data["text/html"] = .string(table) }
        publishResult(data, &state)
    }

    private func publishResult(_ data: JSONObject, _ state: inout State) {
        flush(&state)
        publish("execute_result", ["execution_count": JSON(state.number), "data": .object(data), "metadata": [:]], state)
    }

    private func show(_ display: Display, _ state: inout State) {
        let size = display.plain.utf8.count
        guard size <= state.textLeft else {
            state.textLeft = 0
            return tellOfText(display.plain, &state)
        }
        state.textLeft -= size
        flush(&state)
        publish("display_data", ["data": .object(bundle(display, &state)), "metadata": [:]], state)
    }

    /// Returns a value in the forms in which a client can show it.
    private func bundle(_ display: Display, _ state: inout State) -> JSONObject {
        var data: JSONObject = ["text/plain": .string(printable(display.plain))]
        let html = html(display)
        let size = (display.image?.png.count ?? 0) + (html?.utf8.count ?? 0)
        if size <= state.picturesLeft {
            state.picturesLeft -= size
            if let html { data["text/html"] = .string(html) }
            if let image = display.image { data["image/png"] = .string(Base64.text(of: image.png)) }
        } else if !state.toldOfPictures {
            state.toldOfPictures = true
            flush(&state)
            let most = byteText(Self.mostPictures)
            publishText("(the other pictures of this cell are not shown: they are more than \(most))\n", .errors, state)
        }
        return data
    }

    private func show(_ update: ProgressBars.Update, _ state: inout State) {
        flush(&state)
        let content: JSONObject = [
            "data": ["text/plain": .string(printable(update.text)), "text/html": .string(update.html)], "metadata": [:],
            "transient": ["display_id": .string(update.id)],
        ]
        publish(update.isFirst ? "display_data" : "update_display_data", content, state)
    }

    private func publish(_ type: String, _ content: JSONObject, _ state: State) {
        guard let parent = state.parent else { return }
        outbox.publish(type, content, parent: parent)
    }
}
