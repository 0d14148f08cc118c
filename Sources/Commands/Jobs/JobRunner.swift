import Files
import Jobs
import Language
import Tensors

/// Runs jobs one after the other, in this process or a worker.
struct JobRunner {
    let call: Call
    let function: FunctionValue
    /// The settings' names, which no measure may have.
    let settings: [String]
    let seeds: RandomState

    /// Runs a job and returns its result. An error of the job is a result; a requested stop is thrown, and then there is none.
    func run(_ identity: String, _ combination: SettingGrid.Combination) throws -> (result: JobResult, diagnostic: Diagnostic?) {
        try call.context.checkInterrupt()
        let begin = JobTime.now
        call.context[SeedState.self] = seeds
        let outcome: Result<Record, any Error>
        var diagnostic: Diagnostic?
        do {
            switch try Sweep.outcome(call.attempt(function, arguments: [.record(combination.values)]), call) {
            case .measured(let record): outcome = Result { try checked(record) }
            case .failed(let error):
                diagnostic = error
                outcome = .failure(Problem(error.code, SweepResults.text(error)))
            }
        } catch let problem as Problem {
            outcome = .failure(problem)
        }
        // A training that was stopped still gives a model, but what is measured of it is no result.
        try call.context.checkInterrupt()
        var result: JobResult
        switch outcome {
        case .success(let record):
            result = JobResult(identity, .done)
            result.measures = JSONObject(record.pairs.map { ($0, TableJSON.json(SweepResults.plain($1))) })
        case .failure(let error):
            result = JobResult(identity, .failed)
            result.error = (error as? Problem)?.message ?? "\(error)"
            result.diagnostic = diagnostic.map { $0.json() }
        }
        (result.seconds, result.host, result.kernel) = (JobTime.now - begin, JobTime.host, BLAS.selection.core)
        result.time = JobTime.now
        return (result, diagnostic)
    }

    private func checked(_ record: Record) throws -> Record {
        guard let name = record.keys.first(where: { settings.contains($0) || $0 == SweepResults.error }) else { return record }
        throw Problem(.badArgument, "a run gave \"\(name)\", which is a column of the table already")
    }
}
