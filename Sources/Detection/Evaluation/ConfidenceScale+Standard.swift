import PHI

extension ConfidenceScale {
  /// Fitted by `cordon evaluate --scale` on notes, asq_phi, mtsamples, presidio_synth, gold, second.
  package static let standard = ConfidenceScale(
    shared: [
      .init(39, 1), .init(40, 26), .init(41, 39), .init(44, 56), .init(46, 65), .init(55, 76), .init(71, 86),
      .init(74, 92), .init(82, 94), .init(85, 96), .init(87, 97), .init(99, 98),
    ],
    own: [
      .init(.name): [
        .init(39, 1), .init(40, 17), .init(41, 38), .init(44, 57), .init(46, 60), .init(64, 75), .init(73, 91),
        .init(82, 99),
      ],
      .init(.name, by: "person-name"): [.init(75, 95), .init(90, 99)],
      .init(.name, by: "tagger"): [
        .init(39, 1), .init(40, 17), .init(41, 38), .init(44, 57), .init(46, 60), .init(64, 70), .init(82, 98),
        .init(93, 99),
      ],
      .init(.street): [.init(41, 97), .init(91, 99)],
      .init(.street, by: "street-address"): [.init(75, 96)],
      .init(.city): [.init(40, 98), .init(90, 99)],
      .init(.facility): [.init(40, 1), .init(49, 88), .init(85, 96)],
      .init(.facility, by: "facility-name"): [.init(55, 90), .init(90, 99)],
      .init(.date): [.init(43, 1), .init(54, 50), .init(75, 93), .init(86, 95), .init(96, 98)],
      .init(.date, by: "calendar-date"): [.init(75, 94), .init(90, 95), .init(99, 98)],
      .init(.otherNumber): [
        .init(39, 1), .init(42, 17), .init(46, 50), .init(50, 58), .init(59, 67), .init(62, 70), .init(74, 80),
        .init(75, 87), .init(77, 92),
      ],
    ])
}
