import Language
import Testing

@testable import Commands

@Suite struct MaskTests {
    private static let setting =
        "a = box([0, 0], [8, 16], [16, 16])\nb = box([4, 0], [12, 16], [16, 16])\nz = ones([1, 16, 16, 8])\n"

    @Test(arguments: [
        ("(a | b).area", "0.75"), ("(a & b).area", "0.25"), ("(a - b).area", "0.25"), ("(!a).area", "0.5"),
        ("!!a == a", "true"),
        ("a & !a == box([0, 0], [0, 0], a)", "true"), ("a == b", "false"), ("a != b", "true"),
        ("union([a, b]) == (a | b)", "true"), ("union(a, b).area", "0.75"),
        ("complement(a) == !a", "true"), ("overlap(a, b)", "0.3333333333333333"),
        ("[a.width, a.height, a.cells]", "[16, 16, 128]"), ("a.size", "[16, 16]"),
        ("a", "mask 16×16  area 50.0 %  128 cells of 16×16  box [0, 0]–[8, 16]  centre [4, 8]"), ("\"{a}\"", "\"mask 16×16\""),
        ("sum(a)", "128.0"), ("sum(a * 2)", "256.0"), ("sum(1 - a)", "128.0"), ("sum(a * b)", "64.0"),
        ("type(a - 1)", "\"tensor\""), ("type(a - b)", "\"mask\""), ("a[0, 7]", "1.0"), ("a[0, 8]", "0.0"),
        ("shape(a * z)", "[1, 16, 16, 8]"), ("sum(z * a)", "1024.0"),
        ("sum(z[0] * resize(a, z))", "1024.0"), ("sum(ones([2, 16, 16]) * a)", "256.0"),
        ("shape(resize(a, z))", "[16, 16, 1]"), ("resize(a, [4, 8]).size", "[4, 8]"),
        ("resize(a, b) == a", "true"), ("sum(minimum(ones([16, 16]), a))", "128.0"),
        ("all((a > 0.5) == tensor(a))", "true"), ("box([2, 1], [5, 3], [4, 10]).size", "[4, 10]"),
        (
            "m = box([2, 1], [5, 3], [4, 10])\n[item(m[1, 2]), item(m[2, 4]), item(m[0, 2]), item(m[1, 5])]",
            "[1.0, 1.0, 0.0, 0.0]"
        ), ("box([0, 0], [1, 1], image(zeros([3, 5]))).size", "[3, 5]"),
        ("brush([[8, 8]], [16, 16], width=4).area > 0.04", "true"), ("dilate(erode(a, 2), 2) == a", "true"),
        ("feather(a, 0) == a", "true"), ("flip(a) == !a", "true"),
        ("crop(a, [4, 0], [12, 16]).area", "0.5"), ("mask(tensor(a)) == a", "true"),
        ("mask(image(a)) == a", "true"), ("threshold(tensor([[3, 5]]), 4).area", "0.5"),
        ("threshold(a * 0.3, 0.5).area", "0.0"),
        ("shape(mask(\"stdlib/scenes/toys/mask0.png\"))", "[512, 512]"),
    ])
    func computes(_ code: String, _ expected: String) {
        #expect(Programs.text(Self.setting + code) == expected)
    }

    @Test(arguments: [
        ("a | box([0, 0], [1, 1], [8, 8])", "E0301: these masks have different sizes"),
        ("a | 1", "E0302: \"|\" does not take a mask and an int"),
        ("ones([16, 16, 16]) * a", "E0301: this mask fits a tensor [16, 16, 16] in two ways"),
        ("ones([8, 8, 4]) * a", "E0301: these shapes do not broadcast"),
        ("box([0], [1, 1], [8, 8])", "E0213: box: a point is [x, y], in pixels from the top left corner"),
        ("box([0, 0], [1, 1], [8])", "E0213: box: size is [height, width], each 1 to 8192 pixels"),
        ("box([0, 0], [1, 1], [0, 8])", "E0213: box: size is"),
        ("box([0, 0], [1, 1], [9000, 8])", "E0213: box: size is"),
        ("box([1e300, 0], [1, 1], [8, 8])", "E0213: box: coordinates"),
        ("polygon([[0, 0], [1, 1]], [8, 8])", "E0213: polygon: a polygon needs at least 3 points, not 2"),
        ("ellipse([4, 4], 0, [8, 8])", "E0213: ellipse: an ellipse's radii are above 0"),
        ("dilate(a, -1)", "E0208"), ("union([])", "E0213: union: a union needs at least one mask"),
        ("overlap(a, box([0, 0], [1, 1], [8, 8]))", "E0213: overlap: the sizes differ"),
        (
            "mask(zeros([2, 2, 3]))",
            "E0213: mask: a mask is made of a tensor [H, W] or [H, W, 1], not [2, 2, 3]"
        ), ("mask(\"nowhere.png\")", "E0502"), ("area(3)", "E0207: area wants a mask for mask"),
        ("resize(a, [0, 3])", "E0213: resize: to is [height, width], each 1 to 8192 pixels"),
        ("resize(ones([4]), [2, 2])", "E0213: resize takes tensors"),
        ("resize(ones([4, 4]), [2, 2], filter=\"lanczos\")", "E0209: resize knows"),
        ("a.sise", "E0210"), ("a[16]", "E0307"), ("crop(a, [4, 4], [17, 8])", "E0213: crop: columns 4..<17"),
    ])
    func mistakes(_ code: String, _ expected: String) {
        #expect(
            Programs.text(Self.setting + code).hasPrefix(expected),
            "\(code): \(Programs.text(Self.setting + code))")
    }

    @Test func showsAPicture() throws {
        let shown = try #require(Programs.run("show box([0, 0], [8, 16], [16, 16])").displays.first)
        #expect(
            shown.image?.png.isEmpty == false
                && shown.image?.alt == "mask 16×16  area 50.0 %  128 cells of 16×16")
    }
}
