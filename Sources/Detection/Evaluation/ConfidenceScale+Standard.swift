import PHI

extension ConfidenceScale {
  /// Fitted by `cordon evaluate --scale` on notes, asq_phi, mtsamples, presidio_synth, gold, second.
  package static let standard = ConfidenceScale(
    shared: [
      .init(39, 36), .init(41, 44), .init(47, 67), .init(55, 75), .init(72, 86), .init(73, 88), .init(74, 92),
      .init(83, 95), .init(85, 96), .init(90, 97), .init(99, 98),
    ],
    own: [
      .init(.name): [
        .init(39, 22), .init(41, 40), .init(44, 50), .init(47, 59), .init(65, 75), .init(70, 80), .init(72, 83),
        .init(74, 91), .init(83, 99),
      ],
      .init(.name, by: "person-name"): [.init(75, 95), .init(90, 99)],
      .init(.name, by: "tagger"): [
        .init(39, 22), .init(41, 40), .init(44, 50), .init(47, 59), .init(65, 72), .init(83, 98), .init(93, 99),
      ],
      .init(.street): [.init(44, 97), .init(91, 99)],
      .init(.street, by: "street-address"): [.init(75, 96)],
      .init(.city): [.init(41, 98), .init(90, 99)],
      .init(.facility): [.init(46, 1), .init(49, 88), .init(86, 96)],
      .init(.facility, by: "facility-name"): [.init(55, 90), .init(90, 99)],
      .init(.date): [.init(40, 50), .init(75, 93), .init(86, 95), .init(96, 98)],
      .init(.date, by: "calendar-date"): [.init(75, 94), .init(90, 95), .init(99, 98)],
      .init(.otherNumber): [.init(39, 33), .init(47, 44), .init(51, 61), .init(62, 63), .init(73, 87), .init(79, 92)],
    ])
}
