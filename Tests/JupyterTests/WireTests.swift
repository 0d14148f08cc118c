import Files
import Glibc
import Language
import Testing

@testable import Jupyter

/// Messages of every shape, and clients that come and go.
struct WireTests {
    /// Test cases 1 and 6 of RFC 4231.
    @Test(arguments: [
        ([UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesAreThoseOfTheStandard(_ key: [UInt8], _ message: String, _ expected: String) {
        var code = HMAC(key: key)
        for byte in Array(message.utf8) { code.update([byte]) }
        let text = code.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(text == expected)
    }

    @Test func dropsWrongAndRepeatedSignatures() throws {
        try withKernel { kernel, client in
            let stranger = try Client(kernel, key: "another key", waits: false)
            _ = try stranger.begin("stolen = 1")
            let frames = client.frames("execute_request", ["code": "times = 1"])
            client.sendFrames(frames)
            _ = try client.next(.shell)
            client.sendFrames(frames)
            var unsigned = client.frames("execute_request", ["code": "stolen = 2"])
            unsigned[1] = []
            client.sendFrames(unsigned)
            #expect(try client.execute("1").reply["execution_count"]?.intValue == 2)
            #expect(try stranger.poll(.shell, seconds: 0.1) == nil)
            #expect(kernel.log.filter { $0.contains("its signature is wrong") }.count == 3)
        }
    }

    @Test func goesWithoutSignaturesWhereThereIsNoKey() throws {
        let kernel = try RunningKernel(key: "")
        let client = try Client(kernel, key: "")
        #expect(try client.execute("1 + 1").result() == "2")
        try kernel.end(client)
    }

    @Test func survivesMessagesOfAnyShape() throws {
        try withKernel { kernel, client in
            let whole = client.frames("execute_request", ["code": "1"])
            for count in 0..<whole.count { client.sendFrames(Array(whole.prefix(count)) + (count == 0 ? [[]] : [])) }
            client.sendFrames(Array(repeating: [1, 2, 3], count: 1000))
            client.sendFrames([Message.delimiter, Message.delimiter, [], [], [], []])
            for header in ["", "[]", "{}", "{\"msg_type\": 5}", "\u{fffd}", String(repeating: "[", count: 10_000)] {
                let parts = [Array(header.utf8), Array("{}".utf8), Array("{}".utf8), Array("{}".utf8)]
                client.sendFrames([Message.delimiter, client.signer.signature(of: parts)] + parts)
            }
            try client.send("no_such_request")
            try client.send("no_such_request", on: .control)
            // What is wrong only in its content is answered.
            #expect(try client.ask("execute_request", ["code": 7])["status"]?.stringValue == "error")
            var parts = Array(client.frames("execute_request", [:])[2...])
            parts[3] = Array("{".utf8)
            client.sendFrames([Message.delimiter, client.signer.signature(of: parts)] + parts)
            #expect(try client.next(.shell)["status"]?.stringValue == "error")
            #expect(try client.execute("1 + 1").result() == "2")
            #expect(kernel.log.count > 10)
        }
    }

    @Test func answersContentsOfAnyKind() throws {
        try withKernel { _, client in
            let values: [JSON] = [nil, true, -1, 1e300, JSON(Int.max), JSON(Int.min), "", "é\u{0}😀", [], [[]], [:], ["": nil]]
            let keys = [
                "code", "cursor_pos", "detail_level", "hist_access_type", "n", "start", "stop", "session", "pattern", "output", "silent",
            ]
            let types = ["execute", "complete", "inspect", "is_complete", "history", "comm_info", "kernel_info"]
            for type in types {
                for value in values {
                    let others: JSONObject = ["user_expressions": value, "store_history": value, "stop_on_error": value, "unique": value]
                    for content in [JSONObject(keys.map { ($0, value) }), others] {
                        let reply = try client.ask(type + "_request", content)
                        #expect(reply.type == type + "_reply" && reply["status"]?.stringValue != nil)
                    }
                }
            }
            for type in ["comm_open", "comm_msg", "comm_close"] { try client.send(type, ["comm_id": 5]) }
            #expect(try client.execute("1 + 1").result() == "2")
        }
    }

    @Test func endsTheConnectionOfWhoSendsTooMuch() throws {
        try withKernel { kernel, client in
            let other = try Client(kernel)
            other.sendFrames([[UInt8](repeating: 0, count: 100_000_000)])
            other.sendFrames(Array(repeating: [UInt8](repeating: 0, count: 20_000_000), count: 4))
            #expect(try client.execute("1 + 1").result() == "2")
        }
    }

    @Test func servesTwoClients() throws {
        try withKernel { kernel, first in
            let second = try Client(kernel)
            let cell = try first.begin("shared = 3")
            #expect(try first.end(cell).status == "ok")
            #expect(try second.end(second.begin("shared")).result() == "3")
            #expect(try second.poll(.shell, seconds: 0.05) == nil && first.poll(.shell, seconds: 0.05) == nil)
            // Both see what the other does.
            #expect(try first.wait(for: "execute_result")["data"]?["text/plain"]?.stringValue == "3")
        }
    }

    @Test func outlivesAClient() throws {
        try withKernel { kernel, client in
            do {
                let dying = try Client(kernel)
                for _ in 0..<20 { _ = try dying.begin("for i in 1..2000 { print(\"to nobody\") }") }
            }
            #expect(try client.execute("5").result() == "5")
        }
    }

    @Test func welcomesEverySubscriber() throws {
        let kernel = try RunningKernel()
        var client = try Client(kernel, waits: false)
        for _ in 0..<2 {
            let welcome = try client.next(.iopub)
            #expect(welcome.type == "iopub_welcome" && welcome["subscription"]?.stringValue == "" && welcome.parent == "")
            client = try Client(kernel, waits: false)
        }
        try kernel.end(client)
    }

    @Test func echoesHeartbeats() throws {
        try withKernel { _, client in
            let id = try client.begin("while true { }")
            client.sendFrames([[], Array("ping".utf8)], on: .heartbeat)
            #expect(client.frames(.heartbeat, seconds: 5) == [[], Array("ping".utf8)])
            try client.send("interrupt_request", on: .control)
            _ = try client.end(id)
        }
    }

    @Test func endsOnRequest() throws {
        for (channel, code) in [(Channel.control, nil), (.shell, nil), (.control, "while true { }")] as [(Channel, String?)] {
            let kernel = try RunningKernel()
            let client = try Client(kernel)
            if let code {
                _ = try client.begin(code)
                _ = try client.wait(for: "execute_input")
            }
            let reply = try client.ask("shutdown_request", ["restart": true], on: channel)
            #expect(reply.type == "shutdown_reply" && reply["restart"] == true)
            #expect(kernel.ended(within: 60) == 0)
        }
    }
}
