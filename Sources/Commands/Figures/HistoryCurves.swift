import BreakAScene
import Figures
import Language

/// The losses of trainings as curves, with a mark where each phase begins.
struct HistoryCurves {
    private typealias Plot = FigureCommands.Plot
    let call: Call

    /// Returns the history that a value is, or the histories of a list, or nil for anything else.
    static func histories(_ value: Value) -> [History]? {
        if let history = value.host(as: HistoryValue.self) { return [history.history] }
        guard case .list(let items) = value, !items.isEmpty else { return nil }
        let histories = items.compactMap { $0.host(as: HistoryValue.self)?.history }
        return histories.count == items.count ? histories : nil
    }

    /// A column of a history; its value is nil in steps that have none.
    typealias Column = (name: String, doc: String, value: @Sendable (History.Entry) -> Float?)

    /// The numbers that every step has: the terms of the loss, then the gradient's norm.
    static let columns: [Column] =
        LossTerm.all.map { term -> Column in (term.name, "The \(term.name) term of the loss.", { @Sendable in $0.losses[term] }) }
        + [("gradient_norm", "The norm of all gradients together.", { @Sendable in $0.gradientNorm })]

    /// Returns the columns of the handles' own parts of the attention loss, "attention_asset0" for <asset0>, which only steps that name the
    /// handle have.
    static func handles(of histories: [History]) -> [Column] {
        Set(histories.flatMap(\.handles)).sorted { ($0.count, $0) < ($1.count, $1) }.map { token in
            (
                "attention_" + token.filter { $0 != "<" && $0 != ">" }, "The attention loss of \(token) by itself.",
                { $0.handleLosses[token] }
            )
        }
    }

    func chart(_ histories: [History]) throws -> Chart {
        if let empty = histories.firstIndex(where: \.entries.isEmpty) {
            let which = histories.count > 1 ? "history \(empty)" : "the history"
            throw Problem(
                .badArgument, "plot: \(which) has no steps yet", argument: Plot.data.name,
                help: "a model has a history after phase1 or phase2")
        }
        if let name = try call.firstGiven(Plot.x, FigureCommands.by, FigureCommands.error) {
            throw Problem(.badArgument, "plot: a history takes no \(name)=: its losses stand over its steps", argument: name)
        }
        let columns = try wanted(histories)
        let series = try histories.enumerated().flatMap { index, history in
            try columns.map { column in
                let name = [histories.count > 1 ? "\(index)" : "", columns.count > 1 || histories.count == 1 ? column.name : ""]
                return Self.series(
                    history, column.value, name.filter { !$0.isEmpty }.joined(separator: ", "), smooth: try call[Plot.smooth])
            }
        }
        let isLogarithmic = try call[Plot.logY] ?? true
        return Chart(
            x: .init(label: "step", kind: try call[FigureCommands.logX] ? .logarithmic() : .linear, wholeNumbers: true),
            y: .init(label: columns.count == 1 ? columns[0].name : "loss", kind: isLogarithmic ? .logarithmic() : .linear),
            series: series, marks: Self.marks(histories), previews: histories.count == 1 ? Self.previews(histories[0]) : [])
    }

    /// Returns the columns that `y` names; else for one history every loss that was not zero, for several the reconstruction.
    private func wanted(_ histories: [History]) throws -> [Column] {
        guard let names = try call[Plot.y] else {
            if histories.count > 1 { return [Self.columns[0]] }
            return Self.losses(histories[0])
        }
        return try names.map { name in
            let all = Self.columns + Self.handles(of: histories)
            if let column = all.first(where: { $0.name == name }) { return column }
            let known = all.map(\.name)
            throw Problem(
                .unknownField, "plot: a history has no losses \"\(name)\"", argument: Plot.y.name,
                notes: ["there are \(known.joined(separator: ", "))"],
                help: nearestName(name, among: known).map { "did you mean \"\($0)\"?" })
        }
    }

    /// Returns every loss of a history that was not zero.
    private static func losses(_ history: History) -> [Column] {
        columns.prefix(LossTerm.all.count).filter { column in history.entries.contains { column.value($0) != 0 } }
    }

    /// Returns the chart that `plot` makes of a history where nothing else is asked for.
    static func chart(_ history: History) -> Chart {
        Chart(
            x: .init(label: "step", wholeNumbers: true), y: .init(label: "loss", kind: .logarithmic()),
            series: losses(history).map { series(history, $0.value, $0.name, smooth: nil) }, marks: marks([history]),
            previews: previews(history))
    }

    private static func previews(_ history: History) -> [Chart.Preview] {
        history.previews.map { Chart.Preview(x: Double($0.place + 1), picture: $0.picture) }
    }

    /// Returns a curve, smoothed within each phase, because the losses of two phases are not comparable.
    private static func series(
        _ history: History, _ value: (History.Entry) -> Float?, _ name: String, smooth: Int?
    ) -> Series {
        let all = history.entries.enumerated().map { place, entry in value(entry).map { Series.Point(Double(place + 1), Double($0)) } }
        let raw = all.compactMap { $0 }
        var points: [Series.Point] = []
        for phase in phases(history) {
            let part = all[phase].compactMap { $0 }
            guard !part.isEmpty else { continue }
            let window = smooth ?? max(1, part.count / 15)
            points += zip(part, Smoothing.means(part.map(\.y), window: window)).map { Series.Point($0.x, $1) }
        }
        return Series(name, .line(markers: points.count == 1), points, raw: raw.count > 1 ? raw : [])
    }

    private static func phases(_ history: History) -> [Range<Int>] {
        var (ranges, start) = ([Range<Int>](), 0)
        let entries = history.entries
        for place in 1...entries.count where place == entries.count || entries[place].phase != entries[start].phase {
            ranges.append(start..<place)
            start = place
        }
        return ranges
    }

    /// Returns marks where all histories change their phase at the same step; none where there is only one phase.
    private static func marks(_ histories: [History]) -> [Chart.Mark] {
        let all = histories.map { history in
            phases(history).map { Chart.Mark(x: Double($0.lowerBound + 1), label: "phase \(history.entries[$0.lowerBound].phase)") }
        }
        guard let first = all.first, first.count > 1, all.allSatisfy({ $0 == first }) else { return [] }
        return first
    }
}
