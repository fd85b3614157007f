import Detection

/// A drawing of what leaks against what is damaged, over all thresholds of confidence; lower left is better.
///
/// It is read without colours: corpora differ by the shape of their points and the dashes of their lines.
struct LeakChart {
  private typealias Series = (name: String, points: [LeakCurve.Point], chosen: LeakCurve.Point)

  private let series: [Series]
  private let threshold: UInt8
  private let width = 960.0

  /// The curves of corpora, with the point that `threshold` chooses; a corpus without identifiers has none.
  init(_ curves: [(name: String, curve: LeakCurve)], threshold: UInt8) {
    series = curves.filter { $0.curve.hasIdentifiers }
      .map { (name: $0.name, points: $0.curve.points, chosen: $0.curve.point(at: threshold)) }
    self.threshold = threshold
  }

  /// The drawing as a file.
  var svg: String {
    let height = 430 + 22 * Double(series.count)
    let frame = { (left: Double) in ChartFrame(left: left, top: 64, width: 370, height: 300) }
    let leak = { (point: LeakCurve.Point) in point.leakRate * 100 }
    return SVG(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(SVG.number(width)) \(SVG.number(height))",
        "width": SVG.number(width), "height": SVG.number(height), "role": "img", "aria-labelledby": "title description",
        "font-family": "system-ui, sans-serif", "font-size": "13", "fill": "#222",
      ],
      [
        SVG("title", ["id": "title"], text: "What leaks against what is damaged, over the threshold of confidence"),
        SVG("desc", ["id": "description"], text: description),
        SVG("rect", ["width": "100%", "height": "100%", "fill": "#fff"]),
        SVG(
          "text", ["x": "70", "y": "28", "font-size": "16", "font-weight": "600"],
          text: "Leaks against damage, over the threshold of confidence"),
        SVG(
          "text", ["x": "70", "y": "48", "fill": "#555"],
          text:
            "Each point drops the findings below one confidence; lower left is better; the ring is threshold \(threshold) %."
        ),
        panel(frame(70), "wrong flags in 10,000 letters and digits", leak) { $0.flagsPerTenThousand },
        panel(frame(550), "% of covered letters and digits that identify nobody", leak) { (1 - $0.precision) * 100 },
        SVG("g", [:], series.indices.map { legend($0, 420 + 22 * Double($0)) }),
      ]
    ).document
  }

  private func panel(
    _ frame: ChartFrame, _ damage: String, _ leak: (LeakCurve.Point) -> Double, _ value: (LeakCurve.Point) -> Double
  ) -> SVG {
    let points = series.flatMap(\.points)
    let across = ChartAxis(upTo: points.map(value).max() ?? 0)
    let up = ChartAxis(upTo: points.map(leak).max() ?? 0)
    let lines = series.indices.map { index in
      let places = series[index].points.map { frame.place(across.share(value($0)), up.share(leak($0))) }
      let chosen = series[index].chosen
      let ring = frame.place(across.share(value(chosen)), up.share(leak(chosen)))
      return SVG(
        "g", ["fill": "none", "stroke": ChartMark(index).grey, "stroke-width": "1.5"],
        [
          SVG(
            "polyline",
            [
              "points": places.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " "),
              "stroke-dasharray": ChartMark(index).dashes,
            ])
        ] + places.map { ChartMark(index).drawn(at: $0) } + [
          SVG("circle", ["cx": SVG.number(ring.x), "cy": SVG.number(ring.y), "r": "8", "stroke": "#000"])
        ])
    }
    return SVG("g", [:], frame.drawn(across, damage, up, "% of identifying letters and digits that leak") + lines)
  }

  private func legend(_ index: Int, _ y: Double) -> SVG {
    let mark = ChartMark(index)
    return SVG(
      "g", ["fill": "none", "stroke": mark.grey, "stroke-width": "1.5"],
      [
        SVG(
          "line",
          [
            "x1": "70", "x2": "110", "y1": SVG.number(y), "y2": SVG.number(y), "stroke-dasharray": mark.dashes,
          ]), mark.drawn(at: (90, y)),
        SVG(
          "text", ["x": "120", "y": SVG.number(y + 4), "fill": "#222", "stroke": "none"],
          text: sentence(series[index].name, series[index].chosen)),
      ])
  }

  private var description: String {
    let corpora = series.map { each in
      let ends = each.points.count > 1 ? [each.points.first, each.points.last] : [each.points.first]
      return "\(each.name): \(ends.compactMap(\.self).map { sentence("", $0) }.joined(separator: "; "))."
    }
    return "Two panels with one line for each corpus, from the lowest threshold to the highest. "
      + corpora.joined(separator: " ")
  }

  private func sentence(_ name: String, _ point: LeakCurve.Point) -> String {
    (name.isEmpty ? "" : name + ", ")
      + "threshold \(point.threshold) %: leaks \(Figures.percent(point.leakRate)) %, "
      + "precision \(Figures.percent(point.precision)) %, \(Figures.tenths(point.flagsPerTenThousand)) wrong flags in 10,000"
  }
}
