import Commands
import Files
import Language
import Notebook
import Terminal

/// Runs notebooks at a terminal: lines about cells and differences on standard error, progress while a cell runs.
struct NotebookDesk {
    private let console: Console
    private let quiet: Bool

    init(_ console: Console, quiet: Bool) { (self.console, self.quiet) = (console, quiet) }

    // MARK: recording

    /// Runs the cells that have to run of notebooks, and of those in folders, and writes the records. Returns the exit code of the first
    /// failure.
    func record(_ paths: [String], all: Bool) -> Int32 {
        each(paths) { $0.record($1, all: all) }
    }

    /// Says which cells' records of notebooks, and of those in folders, are no longer true, without running any. Returns the exit code.
    func check(_ paths: [String]) -> Int32 { each(paths) { $0.check($1) } }

    /// Does work for each notebook with a session of its own. Returns the exit code of the first failure; an interrupt ends it.
    private func each(_ paths: [String], _ work: (NotebookDesk, String) -> Int32) -> Int32 {
        guard let files = notebooks(paths) else { return ExitCode.noInput.rawValue }
        if files.count == 1 { return work(self, files[0]) }
        var failure: Int32 = 0
        for file in files {
            let code = work(NotebookDesk(Console(builtins: Host.builtins, options: console.options), quiet: quiet), file)
            if code == ExitCode.interrupted.rawValue { return code }
            if failure == 0 { failure = code }
        }
        return failure
    }

    /// Returns the notebooks that paths name: files, and the .bas files in folders. Nil where a path names nothing, which is then reported.
    private func notebooks(_ paths: [String]) -> [String]? {
        var files: [String] = []
        for path in paths {
            guard FileSystem.exists(path) else {
                console.printer.report(Problem(.fileMissing, "there is no file or folder \"\(path)\""))
                return nil
            }
            guard FileSystem.isFolder(path) else {
                files.append(path)
                continue
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            files += FileSystem.contents(path).filter { $0.hasSuffix(".bas") && !$0.hasPrefix(".") }.sorted().map { folder + $0 }
        }
        return files
    }

    private func record(_ path: String, all: Bool) -> Int32 {
        console.printer.answering {
            console.confine(file: path)
            let file = try NotebookFile(path: path)
            let (results, isInterrupted, _) = try run(file, usesCache: !all)
            let record = NotebookRecord(file, results)
            try console.session.context.confined(granting: path) { try record.write() }
            say(summary(file, results, record))
            if isInterrupted, console.session.isOutOfTime {
                say("the time is over: \(results.count) of \(file.cells.count) cells are done; --limit-time=TIME allows more")
                return ErrorCode.timeLimit.exitCode.rawValue
            }
            if isInterrupted {
                say(
                    "interrupted: \(results.count) of \(file.cells.count) cells are done; the same command goes on with the one that was stopped, from "
                        + "its beginning (checkpoint=\"folder\" in a training keeps its steps)")
                return ExitCode.interrupted.rawValue
            }
            return (results.first { $0.isFailed }?.exitCode ?? .ok).rawValue
        }
    }

    private func check(_ path: String) -> Int32 {
        console.printer.answering {
            console.confine(file: path)
            let file = try NotebookFile(path: path)
            let isTrue = try NotebookRunner(file, console.session, usesCache: true).isTrue
            let stale = file.cells.indices.filter { !isTrue[$0] }
            for place in stale {
                let state = file.mark(of: place).map { $0.key == "-" ? "never kept: it has to run" : "stale" } ?? "not recorded"
                say("\(file.name):\(file.cells[place].lines.lowerBound): \(title(file, place)): \(state)")
            }
            if stale.isEmpty { say("\(file.name): every record is true") }
            return stale.isEmpty ? 0 : 1
        }
    }

    // MARK: testing

    /// Runs notebooks and compares with their records. Returns the exit code.
    func test(_ paths: [String], accept: Bool) -> Int32 {
        guard let files = notebooks(paths) else { return ExitCode.noInput.rawValue }
        var failed: [String] = []
        for file in files {
            let code = test(file, accept: accept)
            if code == ExitCode.interrupted.rawValue { return code }
            if code != 0 { failed.append(file) }
        }
        say(
            failed.isEmpty
                ? "\(countText(files.count, "notebook")): all as recorded"
                : "\(failed.count) of \(countText(files.count, "notebook")) differ: \(failed.joined(separator: ", "))")
        return failed.isEmpty ? 0 : 1
    }

    private func test(_ path: String, accept: Bool) -> Int32 {
        console.printer.answering {
            let console = Console(builtins: Host.builtins, options: .init(quiet: true, safety: console.options.safety))
            console.confine(file: path, asks: false)
            let file = try NotebookFile(path: path)
            let (results, isInterrupted, trained) = try NotebookDesk(console, quiet: true).run(file, usesCache: false)
            if isInterrupted, console.session.isOutOfTime {
                say("\(path): the time is over after \(results.count) of \(file.cells.count) cells; --limit-time=TIME allows more")
                return ErrorCode.timeLimit.exitCode.rawValue
            }
            if isInterrupted { return ExitCode.interrupted.rawValue }
            let seconds = results.reduce(0) { $0 + $1.seconds }
            guard file.isRecorded || accept else {
                let failures = results.indices.filter { results[$0].isFailed }
                for place in failures { show(["+ " + problem(results[place])], file, place) }
                say("\(path): nothing is recorded; \(failures.isEmpty ? "it runs" : "it fails") (\(time(seconds)))")
                return failures.isEmpty ? 0 : 1
            }
            let comparison = RecordComparison(file, results, kernel: Self.kernel, trained: trained)
            if accept {
                try console.session.context.confined(granting: path) { try NotebookRecord(file, results).write() }
                say(
                    "\(path): \(comparison.differences.isEmpty ? "as recorded" : "\(countText(comparison.differences.count, "cell")) accepted") (\(time(seconds)))"
                )
                return 0
            }
            for difference in comparison.differences { show(difference.lines, file, difference.cell) }
            let loose = comparison.looseCount
            let text =
                (comparison.differences.isEmpty ? "as recorded" : "\(countText(comparison.differences.count, "cell")) differ")
                + (loose > 0
                    ? "; \(countText(loose, "cell")) that depend\(loose == 1 ? "s" : "") on a training ran, recorded on another kernel"
                    : "")
            say("\(path): \(text) (\(time(seconds)))")
            return comparison.differences.isEmpty ? 0 : 1
        }
    }

    private static var kernel: String { NotebookRunner.kernel }

    private func show(_ lines: [String], _ file: NotebookFile, _ place: Int) {
        say("\(file.path):\(file.cells[place].codeLines.first ?? 1): \(title(file, place))")
        for line in lines.prefix(60) { say("    " + line) }
        if lines.count > 60 { say("    … \(lines.count - 60) more lines") }
    }

    private func problem(_ result: CellResult) -> String {
        for case .problem(let text, true) in result.outputs ?? [] { return text.split(separator: "\n").first.map(String.init) ?? text }
        return "it failed"
    }

    // MARK: running

    private func run(
        _ file: NotebookFile, usesCache: Bool
    ) throws -> (results: [CellResult], isInterrupted: Bool, trained: Set<Int>) {
        let (printer, quiet, count) = (console.printer, quiet, file.cells.count)
        let titles = file.cells.indices.map { title(file, $0) }
        let hasCode = file.cells.map { !$0.code.isEmpty }
        if let seconds = console.options.safety.seconds { console.session.allow(seconds: seconds) }
        // What a stranger's cache and records say is not known to be true, so every cell runs.
        let usesCache = usesCache && console.session.context.confinement == nil
        let runner = try NotebookRunner(file, console.session, usesCache: usesCache) { event in
            switch event {
            case .progress: if !quiet { printer.handle(event.asEvent) }
            case .started(let cell, true):
                if !quiet { printer.remark("[\(cell + 1)/\(count)] \(titles[cell]): runs again, a cell below needs its values") }
            case .finished(let cell, let result):
                printer.handle(.finished(.ok, seconds: 0))
                if !quiet, hasCode[cell] { printer.remark("[\(cell + 1)/\(count)] \(titles[cell]): \(result.text)") }
                for case .problem(let text, true) in result.outputs ?? [] where result.isFailed && result.origin == .ran {
                    printer.remark("\(file.path):\(file.cells[cell].codeLines.first ?? 1): \(text)")
                }
            case .started, .shown: break
            }
        }
        let (results, isInterrupted) = try console.running { try runner.run() }
        return (results, isInterrupted, runner.trained)
    }

    private func title(_ file: NotebookFile, _ place: Int) -> String {
        let cell = file.cells[place]
        return cell.title.isEmpty ? "line \(cell.codeLines.first ?? cell.lines.lowerBound)" : cell.title
    }

    private func summary(_ file: NotebookFile, _ results: [CellResult], _ record: NotebookRecord) -> String {
        let ran = results.count { $0.origin == .ran }
        let known = results.indices.count { !file.cells[$0].code.isEmpty && [.kept, .recorded].contains(results[$0].origin) }
        let failed = results.count(where: \.isFailed)
        return "\(file.path): \(countText(ran, "cell")) ran, \(known) kept\(failed > 0 ? ", \(failed) failed" : "")"
            + (record.changesFile ? "" : "; the file is as it was")
    }

    private func time(_ seconds: Double) -> String { seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds.rounded())) s" }

    private func say(_ text: String) { console.printer.remark(text) }
}

extension NotebookEvent {
    /// The event of a session that the printer shows.
    fileprivate var asEvent: Event {
        if case .progress(let progress) = self { .progress(progress) } else { .stream("") }
    }
}

extension CellResult {
    /// What became of the cell, in words: "ran 3.1 s", "kept".
    fileprivate var text: String {
        let time = seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds.rounded())) s"
        switch origin {
        case .ran where isFailed: return "failed"
        case .ran: return "ran \(time)" + (obstacle.map { "; not kept: \($0)" } ?? "")
        case .kept: return "kept"
        case .recorded: return "true as recorded"
        case .skipped(let reason): return reason
        case .stopped, .left: return "not run"
        }
    }
}
