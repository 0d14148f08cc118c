import Files
import Testing

@testable import Jupyter

/// Stops on request: the session goes on, and what was learned is kept.
struct InterruptTests {
    /// Asks for a stop, and returns the seconds until the cell has ended.
    private func stop(_ client: Client, _ id: String) throws -> (Client.Execution, seconds: Double) {
        let asked = monotonicSeconds()
        #expect(try client.ask("interrupt_request", on: .control)["status"]?.stringValue == "ok")
        let execution = try client.end(id)
        return (execution, monotonicSeconds() - asked)
    }

    @Test func stopsALoopAndAFlood() throws {
        try withKernel { _, client in
            try client.execute("kept = 41")
            for code in ["while true { }", "while true { print(\"again and again\") }"] {
                let id = try client.begin(code)
                _ = try client.wait(for: "execute_input")
                let waiting = try client.begin("kept = 0")
                let (execution, seconds) = try stop(client, id)
                #expect(execution.status == "error" && execution.reply["ename"]?.stringValue == "Interrupted")
                #expect(seconds < 1, "\(code)")
                #expect(try client.end(waiting).status == "aborted")
            }
            #expect(try client.execute("kept + 1").result() == "42")
        }
    }

    @Test func forgetsAStopThatCameTooLate() throws {
        try withKernel { _, client throws in
            #expect(try client.ask("interrupt_request", on: .control)["status"]?.stringValue == "ok")
            #expect(try client.execute("1 + 1").result() == "2")
        }
    }

    @Test func keepsWhatATrainingHasLearned() throws {
        try withKernel { _, client in
            try client.execute("photo = load_scene(\"toys\"); base = load_model(\"collage\");")
            let id = try client.begin(
                "m = phase1(base, photo, init=[\"fish\", \"duck\", \"ball\"], steps=100000, prior_weight=0, seed=1)")
            let bar = try client.wait(for: "display_data")
            _ = try client.wait(for: "update_display_data")
            let (execution, seconds) = try stop(client, id)
            #expect(seconds < 1)
            #expect(execution.status == "error" && execution.reply["ename"]?.stringValue == "Interrupted")
            // The bar stays where it was, under the identifier that it had.
            let last = try #require(execution.published.last { $0.type == "update_display_data" })
            #expect(last["transient"] == bar["transient"] && last["data"]?["text/plain"]?.stringValue?.contains("/100000") == true)
            #expect(try client.execute("len(m.handles)").result() == "3")
        }
    }
}
