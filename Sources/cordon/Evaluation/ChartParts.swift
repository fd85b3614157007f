/// A scale from 0 to a round number.
struct ChartAxis {
  /// The values with a tick, from 0 to the end of the axis.
  let ticks: [Double]

  /// An axis that reaches `value`, with four to ten steps of 1, 2 or 5 times a power of ten.
  init(upTo value: Double) {
    var step = 0.1
    let factors = [2.0, 2.5, 2.0]
    var turn = 0
    while value / step > 8 {
      step *= factors[turn % 3]
      turn += 1
    }
    let count = max(1, Int((value / step).rounded(.up)))
    ticks = (0...count).map { Double($0) * step }
  }

  /// Where `value` lies, 0 at the start and 1 at the end.
  func share(_ value: Double) -> Double { value / (ticks.last ?? 1) }
}

/// The rectangle that a panel is drawn in.
struct ChartFrame {
  let left: Double
  let top: Double
  let width: Double
  let height: Double

  /// The place of a point given as shares of both axes.
  func place(_ across: Double, _ up: Double) -> (x: Double, y: Double) {
    (left + across * width, top + (1 - up) * height)
  }

  /// Grid, ticks and names of both axes.
  func drawn(_ across: ChartAxis, _ acrossName: String, _ up: ChartAxis, _ upName: String) -> [SVG] {
    let columns = across.ticks.flatMap { tick in
      let (x, bottom) = place(across.share(tick), 0)
      return [line(x, top, x, bottom), label(tick, x, bottom + 18, "middle")]
    }
    let rows = up.ticks.flatMap { tick in
      let (x, y) = place(0, up.share(tick))
      return [line(x, y, x + width, y), label(tick, x - 8, y + 4, "end")]
    }
    let middle = SVG.number(top + height / 2)
    return columns + rows + [
      SVG(
        "text",
        ["x": SVG.number(left + width / 2), "y": SVG.number(top + height + 38), "text-anchor": "middle"],
        text: acrossName),
      SVG(
        "text",
        [
          "x": SVG.number(left - 46), "y": middle, "text-anchor": "middle",
          "transform": "rotate(-90 \(SVG.number(left - 46)) \(middle))",
        ], text: upName),
    ]
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> SVG {
    SVG(
      "line",
      [
        "x1": SVG.number(x1), "y1": SVG.number(y1), "x2": SVG.number(x2), "y2": SVG.number(y2), "stroke": "#ddd",
      ])
  }

  private func label(_ value: Double, _ x: Double, _ y: Double, _ anchor: String) -> SVG {
    SVG(
      "text",
      ["x": SVG.number(x), "y": SVG.number(y), "text-anchor": anchor, "fill": "#555", "font-size": "12"],
      text: SVG.number(value))
  }
}

/// What tells one line of a chart from another, in grey as in colour.
struct ChartMark {
  private let index: Int

  init(_ index: Int) { self.index = index }

  /// The grey of the line.
  var grey: String { ["#111", "#555", "#333", "#777"][index % 4] }
  /// The dashes of the line.
  var dashes: String { ["none", "6 3", "2 3", "10 3 2 3"][index / 4 % 2 == 0 ? index % 4 : (index + 1) % 4] }

  /// What fills a point: the second four corpora have the shapes of the first, filled.
  private var fill: String { index / 4 % 2 == 0 ? "#fff" : grey }

  /// The shape of a point at a place.
  func drawn(at place: (x: Double, y: Double)) -> SVG {
    let (x, y) = place
    func polygon(_ corners: [(Double, Double)]) -> SVG {
      SVG(
        "polygon",
        [
          "points": corners.map { "\(SVG.number(x + $0.0)),\(SVG.number(y + $0.1))" }.joined(separator: " "),
          "fill": fill,
        ])
    }
    switch index % 4 {
    case 0: return SVG("circle", ["cx": SVG.number(x), "cy": SVG.number(y), "r": "3.5", "fill": fill])
    case 1: return polygon([(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)])
    case 2: return polygon([(0, -4.5), (4, 3), (-4, 3)])
    default: return polygon([(0, -4.5), (4.5, 0), (0, 4.5), (-4.5, 0)])
    }
  }
}
