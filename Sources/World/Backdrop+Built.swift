import Glibc

// Backgrounds that people have made.
extension Backdrop {
    static func plain(_ dice: inout Dice) -> Backdrop {
        let base = dice.near(
            dice.choice([
                rgb(245, 245, 245), rgb(204, 208, 213), rgb(236, 227, 208), rgb(184, 206, 228), rgb(226, 196, 194), rgb(194, 216, 188),
            ]), 0.02)
        let noise = ValueNoise(&dice)
        let bend = dice.uniform(0.46, 0.54)
        return Backdrop(samples: 1) { x, y in
            // A sheet of paper that bends from the wall to the table.
            let wall = 1 - 0.1 * ramp(0, bend, y)
            let floor = 0.9 + 0.1 * ramp(bend - 0.06, bend + 0.2, y)
            let corner = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)
            return base * (y < bend ? wall : min(floor, 1)) * (1 - 0.14 * corner) * (0.985 + 0.03 * noise.at(x * 5, y * 5))
        }
    }

    static func brick(_ dice: inout Dice) -> Backdrop {
        let (joint, stone) = (dice.near(rgb(188, 180, 168), 0.02), dice.near(rgb(162, 76, 56), 0.035))
        let (noise, floor) = (ValueNoise(&dice), ValueNoise(&dice))
        let (height, foot) = (dice.uniform(0.036, 0.055), dice.uniform(0.46, 0.52))
        let width = height * dice.uniform(2.1, 2.6)
        let slab = dice.near(rgb(150, 146, 140), 0.02)
        return Backdrop { x, y in
            if y < foot {
                let row = (y / height).rounded(.down)
                let along = x / width + (Int(row) % 2 == 0 ? 0 : 0.5)
                let column = along.rounded(.down)
                let (dx, dy) = ((along - column) * width, y - row * height)
                let wear = noise.fractal(x * 40, y * 40, octaves: 3, persistence: 0.7)
                let isJoint = dx < 0.006 || dy < 0.006
                let own = noise.at(column * 3.7 + 0.5, row * 5.3 + 0.5)
                let color = isJoint ? joint * 0.9 : stone * (0.74 + 0.5 * own)
                return color * (0.82 + 0.36 * wear) * (1 - 0.25 * ramp(0.08, 0, foot - y))
            }
            let (u, v, depth) = ground(x, y, horizon: foot - 0.16)
            let (a, b) = (u * 1.6, v * 1.6)
            let isEdge = a - a.rounded(.down) < 0.03 || b - b.rounded(.down) < 0.03
            let grain = floor.fractal(u * 12, v * 12, octaves: 4, persistence: 0.7)
            let own = floor.at(a.rounded(.down) * 2.3 + 0.5, b.rounded(.down) * 3.1 + 0.5)
            let color = slab * (0.82 + 0.2 * own + (grain - 0.5) * 0.5 * detail(depth)) * (isEdge ? 0.72 : 1)
            return color * (0.75 + 0.25 * ramp(0, 0.06, y - foot))
        }
    }

    static func wood(_ dice: inout Dice) -> Backdrop {
        let board = dice.near(rgb(168, 116, 70), 0.04)
        let wall = dice.near(dice.choice([rgb(222, 214, 198), rgb(190, 204, 204), rgb(214, 196, 182), rgb(168, 178, 164)]), 0.02)
        let (grain, blur) = (ValueNoise(&dice), ValueNoise(&dice))
        let edge = dice.uniform(0.34, 0.44)
        let planks = dice.uniform(1.5, 2.4)
        let shift = dice.uniform(0, 1)
        return Backdrop { x, y in
            if y < edge {
                return wall * (0.92 + 0.16 * blur.fractal(x * 2, y * 2, octaves: 2)) * (1 - 0.12 * ramp(0.1, 0, edge - y))
            }
            let (u, v, depth) = ground(x, y, horizon: edge - 0.12)
            let across = u * planks + shift
            let plank = across.rounded(.down)
            let own = grain.at(plank * 7.3 + 0.5, 4.5)
            // Rings of the wood run along the plank, bent a little.
            let warp = grain.fractal(across * 1.4 + plank * 11, v * 0.5, octaves: 3)
            let ring = 0.5 + 0.5 * sin((across - plank) * 26 + warp * 16 + own * 30)
            let fibre = grain.fractal(across * 24, v * 2.2 + plank * 5, octaves: 3, persistence: 0.7)
            let gap = min(across - plank, plank + 1 - across) < 0.012 * max(1, depth * 0.3)
            let shade = 0.74 + 0.3 * own + (0.14 * (ring - 0.5) + 0.36 * (fibre - 0.5)) * detail(depth)
            return board * shade * (gap ? 0.5 : 1)
        }
    }

    static func tiles(_ dice: inout Dice) -> Backdrop {
        let (light, dark) = dice.choice([
            (rgb(240, 240, 238), rgb(52, 54, 60)), (rgb(240, 235, 226), rgb(184, 86, 74)), (rgb(236, 240, 245), rgb(80, 118, 172)),
            (rgb(226, 222, 206), rgb(112, 138, 112)),
        ])
        let wall = dice.near(dice.choice([rgb(226, 222, 214), rgb(198, 212, 222), rgb(224, 208, 196)]), 0.02)
        let noise = ValueNoise(&dice)
        let (edge, scale) = (dice.uniform(0.34, 0.44), dice.uniform(1.5, 2.3))
        let shift = dice.uniform(0, 1)
        return Backdrop(samples: 3) { x, y in
            if y < edge {
                let skirting = edge - y < 0.03
                return (skirting ? blend(wall, rgb(255, 255, 255), 0.6) : wall) * (0.97 + 0.06 * noise.fractal(x * 3, y * 3, octaves: 2))
            }
            let (u, v, depth) = ground(x, y, horizon: edge - 0.1)
            let (a, b) = (u * scale + shift, v * scale)
            let isLight = (Int(a.rounded(.down)) + Int(b.rounded(.down))) & 1 == 0
            let isJoint = a - a.rounded(.down) < 0.03 || b - b.rounded(.down) < 0.03
            let marble = noise.fractal(u * 4, v * 4, octaves: 4)
            let color = (isLight ? light : dark) * (0.92 + 0.16 * marble)
            let seen = isJoint ? blend(color, rgb(150, 148, 144), 0.6) : color
            return blend((light + dark) / 2, seen, min(1, detail(depth) * 1.2)) * (0.9 + 0.1 * ramp(0, 0.1, y - edge))
        }
    }

    static func city(_ dice: inout Dice) -> Backdrop {
        let sky = sky(&dice, clouds: true)
        let (street, walk) = (dice.uniform(0.5, 0.53), dice.uniform(0.44, 0.47))
        let noise = ValueNoise(&dice)
        var houses: [(left: Float, right: Float, top: Float, color: RGB, pane: Float, seed: Float)] = []
        var x: Float = -0.02
        while x < 1 {
            let width = dice.uniform(0.11, 0.22)
            let wall = dice.choice([rgb(150, 132, 120), rgb(128, 134, 146), rgb(176, 158, 136), rgb(112, 112, 122), rgb(164, 112, 94)])
            houses.append((x, x + width, dice.uniform(0.03, 0.3), dice.near(wall, 0.03), dice.uniform(0.028, 0.042), dice.uniform(0, 50)))
            x += width + (dice.happens(0.3) ? dice.uniform(0.005, 0.03) : 0)
        }
        return Backdrop { x, y in
            if y < walk {
                guard let house = houses.first(where: { x >= $0.left && x < $0.right && y > $0.top }) else {
                    return blend(sky(x, y), rgb(206, 214, 222), y)
                }
                let (a, b) = ((x - house.left) / house.pane, (y - house.top) / (house.pane * 1.35))
                let (column, row) = (a.rounded(.down), b.rounded(.down))
                let (dx, dy) = (a - column, b - row)
                let wall = house.color * (0.92 + 0.16 * noise.fractal(x * 24, y * 24, octaves: 2))
                let inside = dx > 0.24 && dx < 0.8 && dy > 0.2 && dy < 0.76 && house.right - x > house.pane * 0.3 && row > 0
                guard inside else { return wall * (0.85 + 0.15 * ramp(0, 0.012, x - house.left)) }
                let lit = noise.at(column * 3.3 + house.seed, row * 5.7 + 0.5)
                return lit > 0.66 ? rgb(244, 226, 160) : blend(rgb(62, 78, 98), rgb(150, 178, 200), lit + 0.25 * (1 - dy))
            }
            let (u, v, depth) = ground(x, y, horizon: walk - 0.14)
            let grain = noise.fractal(u * 16, v * 16, octaves: 4, persistence: 0.75)
            if y < street {
                let slab = u * 2 - (u * 2).rounded(.down) < 0.05
                return rgb(178, 174, 168) * (0.9 + 0.2 * grain) * (slab ? 0.8 : 1) * (y > street - 0.008 ? 0.65 : 1)
            }
            let asphalt = rgb(92, 92, 97) * (0.8 + 0.4 * ((grain - 0.5) * detail(depth) + 0.5))
            // A broken line along the street.
            let isLine = y > 0.735 && y < 0.752 && (x * 5.3 + 0.2) - (x * 5.3 + 0.2).rounded(.down) < 0.55
            return isLine ? blend(asphalt, rgb(226, 222, 206), 0.85) : asphalt
        }
    }
}
