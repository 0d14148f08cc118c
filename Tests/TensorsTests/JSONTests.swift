// The JSON reader and writer: what is accepted, what is refused and where, hostile texts.
import Tensors
import Testing

@Suite struct JSONTests {
    @Test func readsEveryKind() throws {
        let text = #" {"a": [null, true, false, -0, 12, 1.5e-3, "x"], "b": {"c": {}}, "d": []} "#
        let value = try JSON.parse(text)
        #expect(value == ["a": [nil, true, false, 0, 12, 1.5e-3, "x"], "b": ["c": [:]], "d": []])
        #expect(value.objectValue?.keys == ["a", "b", "d"])
    }

    @Test(arguments: [
        (#""\u0041\n\t\"\\\/\b\f\r""#, "A\n\t\"\\/\u{8}\u{C}\r"),
        (#""\ud83d\ude00 \u00e9""#, "😀 é"),
        (#""naïve 日本""#, "naïve 日本"),
        (#""a\u0000b""#, "a\0b"),
    ])
    func decodesStrings(_ text: String, _ expected: String) throws {
        #expect(try JSON.parse(text) == .string(expected))
    }

    @Test func numbersKeepTheirDigits() throws {
        #expect(try JSON.parse("9007199254740993").intValue == 9_007_199_254_740_993)
        #expect(try JSON.parse("9223372036854775807").intValue == .max)
        #expect(try JSON.parse("9223372036854775808").intValue == nil)
        #expect(try JSON.parse("9223372036854775808").doubleValue == 0x1p63)
        #expect(try JSON.parse("2.0").intValue == 2)
        #expect(try JSON.parse("2.5").intValue == nil)
        #expect(try JSON.parse("0.1").doubleValue == 0.1)
        #expect(try JSON.parse("1e-400").doubleValue == 0)
    }

    static let refused: [(String, JSONError.Problem, Int)] = [
        ("", .unexpectedEnd(expected: "a value"), 0),
        ("nul", .unexpectedEnd(expected: "the word null"), 3),
        ("nux", .unexpected(byte: 0x78, expected: "the word null"), 2),
        ("[1,]", .unexpected(byte: 0x5D, expected: "a value"), 3),
        ("[1 2]", .unexpected(byte: 0x32, expected: "',' or ']'"), 3),
        ("{\"a\" 1}", .unexpected(byte: 0x31, expected: "':'"), 5),
        ("{a:1}", .unexpected(byte: 0x61, expected: "a key in quotation marks"), 1),
        ("{\"a\":1,\n \"a\":2}", .duplicateKey("a"), 9),
        ("{\"a\":1,\"\\u0061\":2}", .duplicateKey("a"), 7),
        ("01", .malformedNumber, 0), ("1.", .malformedNumber, 0), ("-", .malformedNumber, 0),
        (".5", .unexpected(byte: 0x2E, expected: "a value"), 0),
        ("+1", .unexpected(byte: 0x2B, expected: "a value"), 0),
        ("1e", .malformedNumber, 0), ("1e999", .numberOutOfRange, 0), ("-1e999", .numberOutOfRange, 0),
        ("NaN", .unexpected(byte: 0x4E, expected: "a value"), 0),
        ("1 2", .trailingText(byte: 0x32), 2),
        ("\"a\nb\"", .controlCharacterInString(byte: 10), 2),
        ("\"\\x\"", .invalidEscape(byte: 0x78), 2),
        ("\"\\ud800\"", .loneSurrogate(0xD800), 1), ("\"\\udc00\"", .loneSurrogate(0xDC00), 1),
        ("\"\\ud800\\u0041\"", .loneSurrogate(0xD800), 1),
        ("\"\\u12g4\"", .unexpected(byte: 0x67, expected: "four hexadecimal digits"), 5),
        ("\u{FEFF}1", .unexpected(byte: 0xEF, expected: "a value"), 0),
        ("'a'", .unexpected(byte: 0x27, expected: "a value"), 0),
        ("[1] // x", .trailingText(byte: 0x2F), 4),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ problem: JSONError.Problem, _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.problem == problem)
        #expect(error?.offset == offset)
        #expect(error?.description.isEmpty == false)
    }

    @Test func saysLineAndColumn() {
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\n  \"a\": 1,\n  \"b\": tru\n}") }
        #expect(error?.line == 3)
        #expect(error?.column == 11)
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xE2, 0x82, 0x22],
    ])
    func refusesBadUTF8(_ bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error?.problem == .invalidUTF8)
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON.parse(nested(128))
        let error = #expect(throws: JSONError.self) { try JSON.parse(nested(129)) }
        #expect(error?.problem == .tooDeep(limit: 128))
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 1_000_000)) }
        let objects = String(repeating: "{\"a\":", count: 1_000_000)
        #expect(throws: JSONError.self) { try JSON.parse(objects) }
    }

    @Test func everyTruncationIsAnError() throws {
        let text = #"{"a": [1.5, -2e3, "x\u00e9\n"], "b": {"c": null, "d": true}, "é": false}"#
        let bytes = Array(text.utf8)
        _ = try JSON.parse(bytes)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSON.parse(Array(bytes[..<length])) }
        }
    }

    /// Any byte changed to any of a few others either parses or is an error: it never traps.
    @Test func everyMutationIsAnAnswer() {
        let bytes = Array(#"{"k": [1.5e+2, "\ud83d\ude00"], "b": [{}, null]}"#.utf8)
        var refused = 0
        for position in bytes.indices {
            for replacement: UInt8 in [0x00, 0x22, 0x2C, 0x5B, 0x5C, 0x65, 0x7D, 0xFF] {
                var mutated = bytes
                mutated[position] = replacement
                if (try? JSON.parse(mutated)) == nil { refused += 1 }
            }
        }
        #expect(refused > bytes.count)
    }

    @Test func keysAreComparedByBytes() throws {
        let value = try JSON.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{E9}"]?.intValue == 1)
        #expect(value["e\u{301}"]?.intValue == 2)
    }

    @Test func writesWhatItReads() throws {
        let text =
            #"{"z":[1,-0.5,1e-05,12345678901234567],"a":{"é\"\\\n\u0001":null},"e":[],"o":{},"t":true}"#
        let value = try JSON.parse(text)
        #expect(value.text() == text)
        #expect(try JSON.parse(value.text(pretty: true)) == value)
        let pretty: JSON = ["a": 1, "b": [true, []]]
        #expect(pretty.text(pretty: true) == "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    []\n  ]\n}")
        #expect(JSON(Double.nan).text() == "null")
    }
}
