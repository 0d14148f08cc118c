import Files
import Testing

@testable import Jupyter

/// What a client asks while a person types.
struct QuestionTests {
    @Test func completesWithPlacesInCodePoints() throws {
        try withKernel { _, client in
            let code = "\"😀é\"; phas"
            let reply = try client.ask("complete_request", ["code": .string(code), "cursor_pos": JSON(code.unicodeScalars.count)])
            #expect(reply["matches"] == ["phase1", "phase2"])
            #expect(reply["cursor_start"]?.intValue == 6 && reply["cursor_end"]?.intValue == 10)
            let types = reply["metadata"]?["_jupyter_types_experimental"]?.arrayValue
            #expect(types?.first?["type"]?.stringValue == "function")

            try client.execute("photograph = 1")
            #expect(try client.ask("complete_request", ["code": "photogr"])["matches"] == ["photograph"])
            #expect(try client.ask("complete_request", ["code": "?phas"])["cursor_start"]?.intValue == 1)
            #expect(try client.ask("complete_request", ["code": "x", "cursor_pos": -5])["status"]?.stringValue == "ok")
            #expect(try client.ask("complete_request", ["code": "x", "cursor_pos": JSON(Int.max)])["status"]?.stringValue == "ok")
        }
    }

    @Test func inspects() throws {
        try withKernel { _, client in
            for (code, cursor) in [("phase1", 3), ("x = phase1(", 11), ("mean(phase1(", 6)] {
                let reply = try client.ask("inspect_request", ["code": .string(code), "cursor_pos": JSON(cursor), "detail_level": 0])
                #expect(reply["found"] == true && reply["data"]?["text/plain"]?.stringValue?.contains("phase1") == true, "\(code)")
            }
            #expect(try client.ask("inspect_request", ["code": "nothing_here", "cursor_pos": 2])["found"] == false)
        }
    }

    @Test(arguments: [
        ("1 + 1", "complete"), ("fn f(x) {", "incomplete"), ("1 +* 2", "invalid"), ("?phase1", "complete"), ("(1 +", "incomplete"),
    ])
    func saysWhetherCodeIsComplete(code: String, status: String) throws {
        try withKernel { _, client throws in
            #expect(try client.ask("is_complete_request", ["code": .string(code)])["status"]?.stringValue == status)
        }
    }

    @Test func tellsTheHistory() throws {
        try withKernel { _, client in
            for code in ["a = 1", "a + 1", "a = 1"] { try client.execute(code) }
            func rows(_ request: JSONObject) throws -> JSON? { try client.ask("history_request", request)["history"] }
            #expect(try rows(["hist_access_type": "tail", "n": 2]) == [[1, 2, "a + 1"], [1, 3, "a = 1"]])
            let outputs: JSON = [[1, 2, ["a + 1", "2"]], [1, 3, ["a = 1", nil]]]
            #expect(try rows(["hist_access_type": "tail", "n": 2, "output": true]) == outputs)
            #expect(try rows(["hist_access_type": "range", "session": 0, "start": 1, "stop": 2]) == [[1, 1, "a = 1"]])
            #expect(try rows(["hist_access_type": "search", "pattern": "a ?= *", "n": 5]) == [])
            #expect(try rows(["hist_access_type": "search", "pattern": "a*1", "unique": true]) == [[1, 2, "a + 1"], [1, 3, "a = 1"]])
            #expect(try rows(["hist_access_type": "tail", "n": -3]) == [])
        }
    }

    @Test func tellsAboutItself() throws {
        try withKernel { _, client in
            for channel in [Channel.shell, .control] {
                let reply = try client.ask("kernel_info_request", on: channel)
                #expect(reply["protocol_version"]?.stringValue == "5.5" && reply["language_info"]?["name"]?.stringValue == "bas")
                #expect(reply["language_info"]?["pygments_lexer"]?.stringValue == "text")
            }
            #expect(try client.ask("comm_info_request")["comms"] == [:])
        }
    }
}
