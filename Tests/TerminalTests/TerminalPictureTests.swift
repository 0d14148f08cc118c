import CPNG
import Files
import Language
import Testing

@testable import Terminal

/// Pictures in the terminal: which way is chosen, and what is written.
struct TerminalPictureTests {
    /// Red, green, blue and white quarters of `side` pixels.
    static func picture(side: Int) throws -> DisplayImage {
        let colors: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
        var pixels: [UInt8] = []
        for place in 0..<side * side {
            let (right, below) = (place % side * 2 / side, place / side * 2 / side)
            pixels += colors[below * 2 + right]
        }
        return try image(pixels, side, side)
    }

    static func image(_ rgb: [UInt8], _ width: Int, _ height: Int) throws -> DisplayImage {
        var out = cpng_bytes()
        defer { cpng_release_bytes(&out) }
        try #require(cpng_encode(rgb, UInt32(width), UInt32(height), 3, nil, 0, 6, nil, &out) == CPNG_OK)
        return DisplayImage(png: Array(UnsafeBufferPointer(start: out.data, count: out.size)), alt: "quarters")
    }

    private func text(
        _ image: DisplayImage, _ graphics: Graphics, colors: PictureColors = .all, passing: Bool = false, columns: Int = 40
    ) -> String? {
        TerminalPictures(graphics: graphics, colors: colors, passing: passing) { ScreenSize(columns: columns, rows: 24) }
            .drawing(of: image).map { $0.room + $0.text }
    }

    @Test(
        arguments: [
            (["TERM": "xterm-kitty"], Graphics.kitty), (["TERM": "xterm-256color"], .symbols), (["TERM": "foot"], .sixel),
            (["TERM": "mlterm"], .sixel), (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], .iterm),
            (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .iterm), (["TERM": "xterm-ghostty"], .kitty),
            (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty), (["TERM": "dumb"], .off), ([:], .off),
            (["TERM": "xterm-kitty", "BAS_GRAPHICS": "sixel"], .sixel), (["TERM": "xterm", "BAS_GRAPHICS": "OFF"], .off),
            (["TERM": "xterm-kitty", "BAS_GRAPHICS": "nonsense"], .kitty),
            (["TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1"], .symbols),
            (["TERM": "tmux-256color", "TMUX": "passes", "KITTY_WINDOW_ID": "1"], .kitty),
            (["TERM": "screen", "STY": "x", "KITTY_WINDOW_ID": "1"], .symbols),
        ] as [([String: String], Graphics)])
    func choice(_ environment: [String: String], _ expected: Graphics) {
        let traits = ScreenTraits(outputIsTerminal: true, color: true)
        let found = Graphics.choose(environment: environment, traits: traits) { environment["TMUX"] == "passes" }
        #expect(found.graphics == expected, "\(environment)")
        #expect(found.passing == (environment["TMUX"] == "passes"))
    }

    /// Within tmux it is tmux that answers and draws: nothing is passed through it.
    @Test(arguments: [
        ["TERM": "xterm"], ["TERM": "tmux-256color", "TMUX": "x"], ["TERM": "screen", "TMUX": "x", "BAS_GRAPHICS": "sixel"],
    ])
    func theTerminalItselfSaysThatItHasSixels(_ environment: [String: String]) {
        let traits = ScreenTraits(outputIsTerminal: true, color: true)
        let found = Graphics.choose(environment: environment, traits: traits, answer: { TerminalAnswer(sixels: true) })
        #expect(found == (.sixel, false))
    }

    @Test func aTerminalThatIsKnownIsNotAsked() {
        var asked = 0
        let traits = ScreenTraits(outputIsTerminal: true, color: true)
        for environment in [["TERM": "xterm-kitty"], ["TERM": "xterm", "BAS_GRAPHICS": "symbols"], ["TERM": "dumb"]] {
            _ = Graphics.choose(
                environment: environment, traits: traits,
                answer: {
                    asked += 1; return TerminalAnswer()
                })
        }
        #expect(asked == 0)
    }

    @Test func withoutATerminalThereAreNoPicturesUnlessAskedFor() {
        let file = ScreenTraits(outputIsTerminal: false)
        #expect(Graphics.choose(environment: ["TERM": "xterm-kitty"], traits: file).graphics == .off)
        #expect(Graphics.choose(environment: ["BAS_GRAPHICS": "symbols"], traits: file).graphics == .symbols)
        let ascii = ScreenTraits(outputIsTerminal: true, unicode: false)
        #expect(Graphics.choose(environment: ["TERM": "xterm"], traits: ascii).graphics == .ascii)
    }

    @Test(
        arguments: [
            (["TERM": "xterm", "COLORTERM": "truecolor"], true, PictureColors.all), (["TERM": "xterm-256color"], true, .many),
            (["TERM": "linux"], true, .sixteen), (["TERM": "xterm"], true, .many),
            (["TERM": "xterm", "XTERM_VERSION": "XTerm(379)"], true, .all),
            (["TERM": "screen", "TMUX": "x"], true, .all), (["TERM": "xterm", "COLORTERM": "24bit"], false, .none),
        ] as [([String: String], Bool, PictureColors)])
    func colors(_ environment: [String: String], _ color: Bool, _ expected: PictureColors) {
        #expect(PictureColors(environment: environment, traits: ScreenTraits(color: color)) == expected)
    }

    @Test func symbolsAreBlocksInColour() throws {
        let image = try Self.picture(side: 32)
        let e = "\u{1b}["
        // The first cell of a row is a solid block, which libchafa writes as a blank with its colours exchanged.
        #expect(
            text(image, .symbols, columns: 4) == """
                \(e)0m\(e)7m\(e)38;2;255;0;0m \(e)0m\(e)38;2;0;0;0;48;2;255;0;0m \(e)48;2;0;255;0m  \(e)0m
                \(e)7m\(e)38;2;0;0;255m \(e)0m\(e)38;2;0;0;0;48;2;0;0;255m \(e)48;2;255;255;255m  \(e)0m
                """)
        let plain = try #require(text(try Self.picture(side: 16), .symbols, colors: .none))
        #expect(!plain.contains("\u{1b}[3") && !plain.contains("\u{1b}[4"))
        let ascii = try #require(text(try Self.picture(side: 16), .ascii, colors: .none))
        #expect(ascii.utf8.allSatisfy { $0 < 128 } && ascii.split(separator: "\n").count == 8)
    }

    /// libchafa reads rows in fours of bytes: of a width whose rows of RGB are none, each row would begin wrong.
    @Test(arguments: [33, 34, 35, 36]) func rowsOfEveryWidthAreRead(_ width: Int) throws {
        let rgb: [UInt8] = (0..<width * width).flatMap { $0 % width < width / 2 ? [255, 0, 0] : [0, 0, 255] as [UInt8] }
        let drawn = try #require(text(try Self.image(rgb, width, width), .symbols, columns: 4))
        for line in drawn.split(separator: "\n") {
            #expect(line.contains("2;255;0;0") && line.contains("2;0;0;255"), "\(width) wide: \(line)")
        }
    }

    @Test func kittyGetsThePNGInChunks() throws {
        var noise: UInt32 = 1
        let rgb = (0..<64 * 64 * 3).map { _ in
            noise = noise &* 1_664_525 &+ 1_013_904_223
            return UInt8(noise >> 24)
        }
        let image = try Self.image(rgb, 64, 64)
        let chunks = PictureSequences.kitty(png: image.png, columns: 6, rows: 3)
        #expect(chunks.count == (image.png.count + 2) / 3 * 4 / 4096 + 1 && chunks.count > 2)
        #expect(chunks[0].hasPrefix("\u{1b}_Ga=T,f=100,q=2,c=6,r=3,m=1;iVBORw0KGgo"))
        let data = try chunks.enumerated().map { place, chunk in
            #expect(chunk.hasSuffix("\u{1b}\\"))
            if place > 0 { #expect(chunk.hasPrefix("\u{1b}_Gm=\(place + 1 < chunks.count ? 1 : 0);")) }
            let body = try #require(chunk.dropLast(2).split(separator: ";").last)
            #expect(body.utf8.count <= 4096)
            return String(body)
        }
        #expect(data.joined() == Base64.text(of: image.png))
        #expect(text(image, .kitty) == PictureSequences.kitty(png: image.png, columns: 24, rows: 12).joined())
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64(_ plain: String, _ expected: String) {
        #expect(Base64.text(of: Array(plain.utf8)) == expected)
    }

    @Test func itermAndSixelAreOneSequence() throws {
        let image = try Self.picture(side: 240)
        let iterm = try #require(text(image, .iterm))
        #expect(
            iterm.hasPrefix(
                "\u{1b}]1337;File=inline=1;size=\(image.png.count);width=24;height=12;preserveAspectRatio=0:iVBORw0KGgo"))
        #expect(iterm.hasSuffix("\u{7}"))
        let sixel = try #require(text(image, .sixel))
        #expect(sixel.hasPrefix("\u{1b}P0;1;0q\"1;1;240;240") && sixel.hasSuffix("\u{1b}\\"))
    }

    @Test func tmuxPassesSequencesOn() throws {
        let image = try Self.picture(side: 240)
        #expect(PictureSequences.throughTmux("\u{1b}_Gm=0;\u{1b}\\") == "\u{1b}Ptmux;\u{1b}\u{1b}_Gm=0;\u{1b}\u{1b}\\\u{1b}\\")
        let room = String(repeating: "\n", count: 12) + "\u{1b}[12A"
        let wrapped = try #require(text(image, .iterm, passing: true))
        #expect(wrapped == room + PictureSequences.throughTmux(try #require(text(image, .iterm))) + "\u{1b}[12B")
        // In kitty the picture goes ahead in chunks, and is placed by one short sequence.
        let screen: @Sendable () -> ScreenSize = { ScreenSize(columns: 40, rows: 24) }
        let drawing = try #require(TerminalPictures(graphics: .kitty, passing: true, screen: screen).drawing(of: image))
        let id = try #require(drawing.room.firstMatch(of: #/i=(\d+),/#).flatMap { UInt32($0.1) })
        let ahead = PictureSequences.kittyTransmission(png: image.png, id: id).map(PictureSequences.throughTmux).joined()
        #expect(drawing.room == ahead + room)
        let placement = PictureSequences.kittyPlacement(id: id, columns: 24, rows: 12)
        #expect(drawing.text == PictureSequences.throughTmux(placement) + "\u{1b}[12B")
        // Elsewhere than in front, sequences would land in another pane.
        let behind = TerminalPictures(graphics: .kitty, passing: true, isInFront: { false }) { ScreenSize(columns: 40, rows: 24) }
        #expect(behind.drawing(of: image)?.text == text(image, .symbols) && behind.drawing(of: image)?.room == "")
        // Characters are tmux's own business.
        #expect(text(image, .symbols, passing: true) == text(image, .symbols))
    }

    @Test(
        arguments: [
            // Pixels keep their size, small ones grow to twelve rows, large ones fit.
            (400, 400, Graphics.kitty, 80, 24, 40, 20), (128, 128, .kitty, 80, 24, 24, 12), (4000, 1000, .sixel, 80, 24, 80, 10),
            (1560, 524, .sixel, 200, 50, 100, 17), (1560, 524, .sixel, 300, 100, 100, 17),
            (100, 4000, .iterm, 80, 24, 1, 20), (800, 200, .kitty, 40, 50, 40, 5),
            // Characters take what there is.
            (128, 128, .symbols, 80, 24, 40, 20), (512, 128, .symbols, 100, 50, 100, 13), (4, 4, .symbols, 80, 24, 4, 2),
            (128, 128, .symbols, 20, 6, 8, 4), (1, 1, .symbols, 1, 1, 1, 1),
        ] as [(Int, Int, Graphics, Int, Int, Int, Int)])
    func sizes(_ width: Int, _ height: Int, _ graphics: Graphics, _ columns: Int, _ rows: Int, _ wide: Int, _ high: Int) {
        let cells = ScreenSize(columns: columns, rows: rows).cells(width: width, height: height, graphics: graphics)
        #expect(cells == (wide, high), "\(width)×\(height) at \(columns)×\(rows): \(cells)")
    }

    @Test func squareCellsMakeSquarePicturesAsManyRowsAsColumns() {
        let screen = ScreenSize(columns: 80, rows: 60, cell: (8, 8))
        #expect(screen.cells(width: 160, height: 160, graphics: .kitty) == (20, 20))
    }

    @Test func thePictureStandsBetweenItsWordsAndItsFile() throws {
        let folder = try TemporaryFolder()
        let image = try Self.picture(side: 4)
        for (graphics, lines) in [(Graphics.symbols, 2), (.off, 0)] {
            let harness = PrinterHarness(
                pictures: PictureFolder(path: folder.path + "/\(graphics)"),
                canvas: TerminalPictures(graphics: graphics) { ScreenSize(columns: 40, rows: 24) })
            harness.printer.handle(.display(Display("quarters\nof a square", image: image)))
            harness.printer.handle(.display(Display("quarters", image: image)))
            let text = harness.output.text.split(separator: "\n").map(String.init)
            #expect(text.count == 4 + 2 * lines)
            #expect(text.prefix(2) == ["quarters", "of a square"])
            #expect(text[2 + lines] == "picture → \(folder.path)/\(graphics)/1.png")
            #expect(text.last == "picture: quarters → \(folder.path)/\(graphics)/2.png")
        }
    }

    /// Bytes that are no PNG, and screens without room, leave the line that names the file.
    @Test func whatCannotBeDrawnIsLeftOut() {
        #expect(text(DisplayImage(png: [1, 2, 3], alt: "x"), .symbols) == nil)
        #expect(text(DisplayImage(png: [], alt: "x"), .kitty) == nil)
    }
}
