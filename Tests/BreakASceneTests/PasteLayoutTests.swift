import Images
import Testing

@testable import BreakAScene

/// Where things are pasted on pictures of empty places.
@Suite struct PasteLayoutTests {
    private static let photo = PixelSize(width: 400, height: 300)
    private static let size = PixelSize(width: 256, height: 256)

    /// Boxes of different sizes and forms, here and there in the photo.
    private static func boxes(_ count: Int) -> [PixelRect] {
        (0..<count).map { k in
            let x = (k * 211) % 330
            return PixelRect(x0: x, y0: 20 * k, x1: x + 20 + 5 * k, y1: 20 * k + 60)
        }
    }

    private static func places(_ chosen: [Int], _ boxes: [PixelRect]) -> [PixelRect] {
        PasteLayout.places(chosen, among: Array(boxes.indices), boxes: boxes, in: photo, size: size, cell: 8)
    }

    private static func order(_ boxes: [PixelRect]) -> [Int] {
        boxes.indices.sorted { boxes[$0].x0 + boxes[$0].x1 < boxes[$1].x0 + boxes[$1].x1 }
    }

    /// In the photo's order, inside of the picture, at its cells, and never more than twice as large.
    @Test(arguments: [1, 2, 3, 4, 9]) func thingsStandAsInThePhoto(_ count: Int) {
        let boxes = Self.boxes(count)
        let places = Self.places(Array(0..<count), boxes)
        #expect(places.count == count && Self.order(places) == Self.order(boxes))
        for (place, box) in zip(places, boxes) {
            #expect(place.x0 % 8 == 0 && place.y0 % 8 == 0)
            #expect(place.x0 >= 0 && place.y0 >= 0 && place.x1 <= 256 && place.y1 <= 256 && place.width > 0 && place.height > 0)
            let (wide, tall) = (Double(box.width) / 400 * 256, Double(box.height) / 300 * 256)
            #expect(Double(place.width) <= 2 * wide + 1 && Double(place.height) <= 2 * tall + 1)
            #expect(abs(Double(place.width) / Double(place.height) / (wide / tall) - 1) < 0.2)
        }
    }

    /// Whichever of them are shown, and in whatever order they are named; only what stands alone has the middle.
    @Test func aThingKeepsItsPlace() {
        let boxes = Self.boxes(4)
        let all = Self.places([0, 1, 2, 3], boxes)
        #expect(Self.places([2, 0], boxes) == [all[2], all[0]] && Self.places([1, 3, 2], boxes) == [all[1], all[3], all[2]])
        for thing in 0..<4 {
            let alone = Self.places([thing], boxes)[0]
            #expect(abs(alone.x0 + alone.x1 - 256) <= 16 && alone.width >= all[thing].width)
            #expect(Self.places([0], [boxes[thing]]) == [alone], "no other thing of the scene changes where one stands alone")
        }
    }

    /// Large squares: as large as the room allows, every second one of three or more farther back, and corners hidden at most.
    @Test(arguments: [(1, 159), (2, 122), (3, 108), (4, 87), (6, 60)]) func theRoomIsUsed(_ count: Int, _ side: Int) {
        let boxes = (0..<count).map { PixelRect(x0: 10 * $0, y0: 0, x1: 10 * $0 + 200, y1: 150) }
        let places = Self.places(Array(0..<count), boxes)
        #expect(places.allSatisfy { abs($0.width - side) <= 1 && abs($0.height - side) <= 1 }, "\(places)")
        for (left, right) in zip(places, places.dropFirst()) {
            let common = max(0, left.x1 - right.x0) * max(0, min(left.y1, right.y1) - max(left.y0, right.y0))
            #expect(Double(common) <= 0.15 * Double(left.width * left.height), "\(left) \(right)")
            #expect(count == 2 ? left.y1 == right.y1 : abs(left.y1 - right.y1) > 50)
        }
    }
}
