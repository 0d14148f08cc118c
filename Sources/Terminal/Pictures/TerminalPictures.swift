import CChafa
import CPNG
import Glibc
import Language

/// Draws pictures in the terminal itself.
public struct TerminalPictures: Sendable {
    let graphics: Graphics
    let colors: PictureColors
    /// Whether sequences have to be wrapped for tmux.
    let passing: Bool
    /// Returns whether this pane of tmux is the active one: only there do sequences arrive in place.
    let isInFront: @Sendable () -> Bool
    let screen: @Sendable () -> ScreenSize

    /// The longest side of a picture that is drawn, in pixels.
    private static let largestSide: UInt32 = 8192
    private static let mostBytes = 8192 * 8192 * 3

    init(
        graphics: Graphics, colors: PictureColors = .all, passing: Bool = false,
        isInFront: @escaping @Sendable () -> Bool = { true }, screen: @escaping @Sendable () -> ScreenSize
    ) {
        self.graphics = graphics
        self.colors = colors
        self.passing = passing
        self.isInFront = isInFront
        self.screen = screen
    }

    /// Returns what this process's terminal can draw, by its environment, and where that does not decide, by asking it.
    public static func current(_ traits: ScreenTraits) -> TerminalPictures {
        let environment = Surroundings.allVariables
        var known: TerminalAnswer?
        func answer() -> TerminalAnswer {
            let answer = known ?? .asked()
            known = answer
            return answer
        }
        let way = Graphics.choose(environment: environment, traits: traits, passesThrough: tmuxPassesThrough, answer: answer)
        let colors = PictureColors(environment: environment, traits: traits)
        let cell = known?.cell
        return TerminalPictures(graphics: way.graphics, colors: colors, passing: way.passing, isInFront: isPaneInFront) {
            .current(cell: cell)
        }
    }

    /// Returns whether tmux passes sequences on, which it does only after `set -g allow-passthrough on`.
    private static func tmuxPassesThrough() -> Bool { tmuxSays("#{allow-passthrough}", "1|2|on|all") }

    @Sendable private static func isPaneInFront() -> Bool { tmuxSays("#{pane_active}#{window_active}", "11") }

    private static func tmuxSays(_ format: String, _ patterns: String) -> Bool {
        let question = "tmux display-message -p -t \"$TMUX_PANE\" '\(format)' 2>/dev/null"
        return ChildProcess.shell("case \"$(\(question))\" in \(patterns)) exit 0;; esac; exit 1") == 0
    }

    /// The text that shows a picture, without a line end.
    struct Drawing: Equatable {
        /// Text to be written a moment before the rest. tmux passes sequences on at once, to where the cursor of the terminal around it
        /// stands; it moves that cursor only when it is idle.
        var room = ""
        var text: String
    }

    /// The time between room and text, in seconds.
    static let moment = 0.05

    /// Asks whether a stop was requested: large pictures take long to decode.
    private static let isCancelled: cpng_question = { Interrupt.current?.isRequested == true ? 1 : 0 }

    /// Returns the drawing of a picture, or nil where it cannot be drawn.
    func drawing(of image: DisplayImage) -> Drawing? {
        if passing, graphics != .off, !isInFront() {
            return TerminalPictures(graphics: .symbols, colors: colors, screen: screen).drawing(of: image)
        }
        guard graphics != .off else { return nil }
        var picture = cpng_picture()
        let status = cpng_decode(image.png, image.png.count, 0, Self.largestSide, Self.mostBytes, Self.isCancelled, &picture)
        defer { cpng_release(&picture) }
        guard status == CPNG_OK, let pixels = picture.pixels else { return nil }
        let (width, height) = (Int(picture.width), Int(picture.height))
        let size = screen()
        let cells = size.cells(width: width, height: height, graphics: graphics)
        switch graphics {
        case .off: return nil
        case .kitty: return kitty(image.png, cells)
        case .iterm: return placed(PictureSequences.iterm(png: image.png, columns: cells.columns, rows: cells.rows), cells.rows)
        case .sixel, .symbols, .ascii:
            let rgba = Self.rgba(pixels, count: width * height, channels: Int(picture.channels))
            guard let text = draw(rgba, width, height, cells, size) else { return nil }
            return graphics == .sixel ? placed(text, cells.rows) : Drawing(text: text)
        }
    }

    private func draw(
        _ rgba: [UInt8], _ width: Int, _ height: Int, _ cells: (columns: Int, rows: Int), _ size: ScreenSize
    ) -> String? {
        let characters = [Graphics.sixel: bas_characters_sixel, .ascii: bas_characters_ascii][graphics]
        var canvas = bas_canvas(
            characters: characters ?? bas_characters_blocks, colors: colors.code, columns: Int32(cells.columns),
            rows: Int32(cells.rows), cell_width: Int32(size.cell.width), cell_height: Int32(size.cell.height))
        var length = 0
        let drawn = rgba.withUnsafeBufferPointer { rgba in
            var picture = bas_picture(rgba: rgba.baseAddress, width: Int32(width), height: Int32(height))
            return bas_chafa_draw(&canvas, &picture, &length)
        }
        guard let drawn else { return nil }
        defer { free(drawn) }
        return String(cString: drawn)
    }

    /// Returns four bytes a pixel, opaque, of a grey or coloured picture; transparency is dropped.
    private static func rgba(_ pixels: UnsafePointer<UInt8>, count: Int, channels: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count * 4) { out, filled in
            for place in 0..<count {
                let pixel = pixels + place * channels
                for channel in 0..<3 { out[place * 4 + channel] = pixel[channels < 3 ? 0 : channel] }
                out[place * 4 + 3] = 255
            }
            filled = count * 4
        }
    }

    /// Returns kitty's drawing. Within tmux, where every sequence passed on moves the cursor of the terminal around it, the picture is
    /// transmitted first.
    private func kitty(_ png: [UInt8], _ cells: (columns: Int, rows: Int)) -> Drawing {
        guard passing else { return Drawing(text: PictureSequences.kitty(png: png, columns: cells.columns, rows: cells.rows).joined()) }
        let id = UInt32.random(in: 1...UInt32.max)
        var drawing = placed(PictureSequences.kittyPlacement(id: id, columns: cells.columns, rows: cells.rows), cells.rows)
        let ahead = PictureSequences.kittyTransmission(png: png, id: id).map(PictureSequences.throughTmux)
        drawing.room = ahead.joined() + drawing.room
        return drawing
    }

    /// Returns a drawing at the cursor. tmux does not see the picture that it passes on, so that the room for it is made first.
    private func placed(_ sequence: String, _ rows: Int) -> Drawing {
        guard passing else { return Drawing(text: sequence) }
        return Drawing(
            room: String(repeating: "\n", count: rows) + "\u{1b}[\(rows)A",
            text: PictureSequences.throughTmux(sequence) + "\u{1b}[\(rows)B")
    }
}
