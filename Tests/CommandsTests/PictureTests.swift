import Glibc
import Images
import Language
import Tensors
import Testing

@testable import Commands

@Suite(.serialized) struct PictureTests {
    private static let setting =
        "photo = load_image(\"stdlib/scenes/toys/img.jpg\")\nblack = image(-ones([4, 6]))\nwhite = image(ones([4, 6]))\n"

    @Test(arguments: [
        ("photo", "image 512×512  bytes 0…255"), ("photo.size", "[512, 512]"), ("[black.width, black.height]", "[6, 4]"),
        ("black.size", "[4, 6]"), ("shape(black)", "[4, 6, 3]"),
        ("image(tensor(photo)) == photo", "true"), ("shape(tensor(photo))", "[1, 512, 512, 3]"),
        ("photo[0:2, 0:3].shape", "[2, 3, 3]"), ("item(white[0, 0, 0])", "1.0"),
        ("black == white", "false"), ("photo == photo", "true"), ("psnr(photo, photo)", "inf"),
        ("psnr(black, white)", "0.0"),
        ("shape(resize(photo, [64, 32]))", "[64, 32, 3]"),
        ("resize(photo, black).size", "[4, 6]"), ("resize(photo, zeros([1, 16, 8, 4])).size", "[16, 8]"),
        ("flip(flip(photo)) == photo", "true"), ("crop(photo, [0, 0], [10, 20]).size", "[20, 10]"),
        ("len(image(zeros([3, 4, 4, 3])))", "3"),
        ("image(tensor([[0, 1]]), low=0) == image(tensor([[-1, 1]]))", "true"),
        ("overlay(photo, [box([0, 0], [9, 9], photo)]).size", "[512, 512]"),
        ("overlay(black, tensor([[0, 1]])) == black", "false"),
        ("paste(black, over=white, mask=box([0, 0], [6, 4], white)) == black", "true"),
        ("black.metadata", "{}"),
        ("t = table([{a: 1, b: 0.123456}, {a: 20}])\nt", " a       b\n 1  0.1235\n20       –"),
        ("table([{x: 0.5}, {x: 12.345678}, {x: 3.25}])", "    x\n 0.50\n12.35\n 3.25"),
        ("table([{x: 0.5}, {x: 1e-9}])", "    x\n  0.5\n1e-09"),
        ("table({x: [1, 2], y: [\"p\", \"q\"]}).y", "[\"p\", \"q\"]"),
        ("table([{a: 1, b: 2}], columns=[\"b\"])", "b\n2"), ("table([{a: 1}, {a: 2}])[1]", "{a: 2}"),
        ("len(table([{a: 1}]))", "1"),
        ("table([{loss: mean([1.0, 2.0]) , t: sum(tensor([1, 2]))}])", "loss    t\n 1.5  3.0"),
    ])
    func computes(_ code: String, _ expected: String) {
        #expect(Programs.text(Self.setting + code) == expected)
    }

    @Test(arguments: [
        ("black * 2", "E0302: \"*\" does not take an image and an int"),
        ("psnr(black, photo)", "E0213: psnr: the sizes differ"),
        ("image(zeros([4]))", "E0213: image: a picture is made of"),
        ("image(zeros([0, 4]))", "E0213"),
        ("paste(black, over=photo, mask=box([0, 0], [1, 1], photo))", "E0213: paste: the sizes differ"),
        ("overlay(photo, zeros([2, 3, 4]))", "E0301: overlay takes a map [h, w]"),
        ("crop(black, [0, 0], [7, 4])", "E0213: crop"),
        ("table([1])", "E0207: table wants records"),
        ("table([{iou: 1}], columns=[\"iuo\"])", "E0210: table: there is no column \"iuo\""),
        ("table({a: [1], b: [1, 2]})", "E0213: table: columns have different lengths"),
        ("table([{a: 1}])[\"b\"]", "E0210"), ("table([{a: 1}])[4]", "E0307"),
        ("image(zeros([2, 2]), low=1, high=0)", "E0213: image: low"),
        ("save_table([], \"out.txt\")", "E0508: a table is written as .csv, .tsv or .jsonl"),
        ("image(zeros([2, 2]))[0, 0, 3]", "E0307"),
        ("overlay(black, tensor([[1]]), colors=\"jet\")", "E0209"),
    ])
    func mistakes(_ code: String, _ expected: String) {
        #expect(
            Programs.text(Self.setting + code).hasPrefix(expected),
            "\(code): \(Programs.text(Self.setting + code))")
    }

    /// Code, exit code and help of files that are not as they should be.
    @Test(
        arguments: [
            (
                "load_image(\"photo.png\")", ErrorCode.fileMissing, ExitCode.noInput,
                "did you mean \"photos.png\"?"
            ),
            ("load_image(\"folder\")", .cannotRead, .inputOutput, nil),
            ("load_image(\"text.png\")", .unreadablePicture, .data, nil),
            ("load_image(\"\")", .badArgument, .data, nil),
            ("save_image(image(zeros([2, 2])), \"a.gif\")", .cannotWrite, .cannotCreate, nil),
            ("save_image(image(zeros([2, 2])), \"text.png/a.png\")", .cannotWrite, .cannotCreate, nil),
            ("save_image(image(zeros([2, 2])), \"folder\")", .cannotWrite, .cannotCreate, nil),
            ("save_image(image(zeros([2, 2])), \"/dev/full.png\")", .noPermission, .noPermission, nil),
            ("save_table([{a: 1}], \"text.png/a.csv\")", .cannotWrite, .cannotCreate, nil),
            ("mask(\"photo.png\")", .fileMissing, .noInput, "did you mean \"photos.png\"?"),
        ] as [(String, ErrorCode, ExitCode, String?)])
    func badFiles(_ code: String, _ expected: ErrorCode, _ exit: ExitCode, _ help: String?) throws {
        // Root may write everywhere that the tests can reach.
        if code.contains("/dev/full"), getuid() == 0 { return }
        try inTemporaryFolder { _ in
            let made = Programs.run(
                "save_image(image(zeros([2, 2])), \"photos.png\")\nmake_folder(\"folder\")\nsave_image(image(zeros([2, 2])), \"folder/x.png\")"
            )
            #expect(made.outcome.diagnostics.isEmpty)
            let file = fopen("text.png", "w")
            fputs("no picture", file)
            fclose(file)
            let result = Programs.run(code)
            #expect(
                result.code == expected && result.outcome.exitCode == exit,
                "\(code): \(result.first.map { "\($0)" } ?? "fine")")
            #expect(result.first?.help == help, "\(code)")
        }
    }

    @Test func pngKeepsPixelsAndMetadata() throws {
        try inTemporaryFolder { folder in
            let image = ImageValue(
                Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]),
                metadata: ["prompt": "a photo of <asset0>"])
            let session = Session(builtins: CommandTable.tensorFamilies)
            session[global: "x"] = .host(image)
            let outcome = session.run(
                source:
                    "make_folder(\"deep/er\")\nsave_image(x, \"deep/er/x.png\")\ny = load_image(\"deep/er/x.png\")\n[y == x, y.metadata.prompt]"
            )
            #expect(outcome.value?.literalText == "[true, \"a photo of <asset0>\"]", "\(outcome.diagnostics)")
            #expect(session.run(source: "save_image(x, \"x.jpg\")").diagnostics.isEmpty)
        }
    }

    @Test func tablesAreWrittenExactly() throws {
        try inTemporaryFolder { folder in
            let code = "save_table([{name: \"a, \\\"b\\\"\", x: 0.1}, {x: 2}], \"t.csv\")"
            #expect(Programs.text(code) == "\"t.csv\"")
            let bytes = try ReadableFile.contents("t.csv")
            #expect(String(decoding: bytes, as: UTF8.self) == "name,x\n\"a, \"\"b\"\"\",0.1\n,2\n")
        }
    }

    @Test func showEmitsOneDisplayAValue() {
        let result = Programs.run(
            Self.setting
                + "show black\nshow [black, white, black], titles=[\"a\", \"b\"]\nshow 1 + 1, \"x\"\nshow []")
        #expect(result.outcome.diagnostics.isEmpty)
        #expect(result.displays.map(\.plain) == ["image 6×4  all bytes 0", "3 pictures: a, b", "2", "\"x\"", "[]"])
        #expect(result.displays.map { $0.image != nil } == [true, true, false, false, false])
    }

    @Test(arguments: 0...255) func everyByteComesBack(_ byte: Int) throws {
        let image = Image(width: 1, height: 1, pixels: [UInt8(byte), UInt8(255 - byte), 7])
        #expect(try Image(Tensor(image)) == image)
        // In between it rounds, as diffusers' numpy_to_pil does.
        let between = Tensor([Float(byte) + 0.4, Float(byte) + 0.6], shape: [1, 2]).scaled(by: 1 / 127.5, plus: -1)
        #expect(try Image(between).pixels[0] == UInt8(byte))
        #expect(try Image(between).pixels[3] == UInt8(min(byte + 1, 255)))
    }

    @Test func oddNumbersHaveAByte() throws {
        let pixels = try Image(Tensor([.nan, -.infinity, .infinity, 2], shape: [1, 4])).pixels
        #expect(pixels.enumerated().filter { $0.offset % 3 == 0 }.map(\.element) == [0, 0, 255, 255])
    }

    /// Pictures that were drawn together are told by what they have in common.
    @Test(
        arguments: [
            (["a dog", "a dog", "a dog"], [1, 2, 3], "a dog   3 × 6×4 px, 5 steps of ddim, guidance 3.0, seeds 1–3", []),
            (["a dog", "a cat"], [7, 7], "2 × 6×4 px, 5 steps of ddim, guidance 3.0, seed 7", ["a dog", "a cat"]),
            (["a dog", "a dog"], [9, 2], "a dog   2 × 6×4 px, 5 steps of ddim, guidance 3.0, seeds 9, 2", []),
            (["a dog"], [1], nil, []),
        ] as [([String], [Int], String?, [String])])
    func drawnPicturesHaveACaption(_ prompts: [String], _ seeds: [Int], _ caption: String?, _ titles: [String]) {
        let images = zip(prompts, seeds).map { prompt, seed in
            let entries = [("prompt", prompt), ("seed", "\(seed)"), ("steps", "5"), ("scheduler", "ddim"), ("guidance", "3.0")]
            return ImageValue(
                Image(width: 6, height: 4, color: .black), metadata: PNGMetadata(entries.map { PNGMetadata.Entry(key: $0.0, text: $0.1) }))
        }
        #expect(PictureCaption.text(images) == caption)
        #expect(PictureCaption.titles(images) == titles)
        #expect(PictureCaption.text(images.map { ImageValue($0.image) }) == nil)
    }
}
