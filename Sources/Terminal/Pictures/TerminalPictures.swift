import CChafa
import CPNG
import Glibc
import Language

/// Draws pictures in the terminal itself.
public struct TerminalPictures: Sendable {
    let graphics: Graphics
    let colors: PictureColors
    /// Sequences have to pass tmux.
    let inTmux: Bool
    let screen: @Sendable () -> ScreenSize

    /// Pictures of more pixels are left to their files.
    private static let largestSide: UInt32 = 8192
    private static let mostBytes = 8192 * 8192 * 3

    init(
        graphics: Graphics, colors: PictureColors = .all, inTmux: Bool = false,
        screen: @escaping @Sendable () -> ScreenSize
    ) {
        self.graphics = graphics
        self.colors = colors
        self.inTmux = inTmux
        self.screen = screen
    }

    /// For this process's terminal, by its environment.
    public static func current(_ traits: ScreenTraits) -> TerminalPictures {
        let environment = Surroundings.allVariables
        return TerminalPictures(
            graphics: .choose(environment: environment, traits: traits, passesThrough: tmuxPassesThrough),
            colors: PictureColors(environment: environment, traits: traits), inTmux: environment["TMUX"] != nil
        ) { .current }
    }

    /// tmux hands nothing on unless it was told to (`set -g allow-passthrough on`).
    private static func tmuxPassesThrough() -> Bool {
        let question = "tmux display-message -p -t \"$TMUX_PANE\" '#{allow-passthrough}' 2>/dev/null"
        return ChildProcess.shell("case \"$(\(question))\" in 1|2|on|all) exit 0;; esac; exit 1") == 0
    }

    /// The text that shows a picture, without a line end; nil where none can be shown.
    func text(of image: DisplayImage) -> String? {
        guard graphics != .off else { return nil }
        var picture = cpng_picture()
        let status = cpng_decode(image.png, image.png.count, 0, Self.largestSide, Self.mostBytes, &picture)
        defer { cpng_release(&picture) }
        guard status == CPNG_OK, let pixels = picture.pixels else { return nil }
        let (width, height) = (Int(picture.width), Int(picture.height))
        let size = screen()
        let cells = size.cells(width: width, height: height, graphics: graphics)
        switch graphics {
        case .off: return nil
        case .kitty: return placed(PictureSequences.kitty(png: image.png, columns: cells.columns, rows: cells.rows), cells.rows)
        case .iterm: return placed([PictureSequences.iterm(png: image.png, columns: cells.columns, rows: cells.rows)], cells.rows)
        case .sixel, .symbols, .ascii:
            let rgba = Self.rgba(pixels, count: width * height, channels: Int(picture.channels))
            guard let text = draw(rgba, width, height, cells, size) else { return nil }
            return graphics == .sixel ? placed([text], cells.rows) : text
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

    /// Four bytes a pixel, opaque, of whatever the file has: grey or colour, transparency dropped.
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

    /// Sequences where the cursor is. tmux does not see what it hands on: the room for it is made first.
    private func placed(_ sequences: [String], _ rows: Int) -> String {
        guard inTmux else { return sequences.joined() }
        let room = String(repeating: "\n", count: rows) + "\u{1b}[\(rows)A"
        return room + sequences.map(PictureSequences.throughTmux).joined() + "\u{1b}[\(rows)B"
    }
}
