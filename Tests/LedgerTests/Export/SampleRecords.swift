import Ciphers
import Ledger
import PHI

/// Entries of each kind that the formats tell apart, and the records that they are exported as.
enum SampleRecords {
  static let origin = "cordon.invalid/log/00112233aabbccdd"

  /// The records of the sample entries, at the places that they have in a log of their own.
  static func all() throws -> [AuditRecord] {
    let entries = entries
    return try entries.enumerated().map { index, entry in
      try record(entry, at: UInt64(index), of: UInt64(entries.count))
    }
  }

  static func record(_ entry: Entry, at index: UInt64 = 0, of size: UInt64 = 1) throws -> AuditRecord {
    let json = entry.json
    return try AuditRecord(
      json, at: LogPlace(origin: origin, index: index, leaf: MerkleTree.leaf(json.span), checkpointSize: size))
  }

  static func digest(_ byte: UInt8) -> Digest { Digest(hashing: [byte].span) }

  static func time(_ second: Int) -> Timestamp { Timestamp(milliseconds: 1_795_230_604_123 + Int64(second) * 1000) }

  static let entries: [Entry] = [
    plain(.serverStarted, 0) { $0.server = ConfiguredName("replica-1.hospital.example") },
    opened, closed, refused, failed,
    plain(.keyRotated, 5) { entry in
      entry.object = ConfiguredName("key:tenant/7")
      entry.people = [person("1"), person("2")]
    },
    plain(.subjectShredded, 6) { entry in
      entry.object = ConfiguredName("proposal:41")
      entry.people = [person("1"), person("2")]
      entry.parts = [part(9)]
    },
    plain(.tokenRevealed, 7) { entry in
      entry.user = person("3")
      entry.purpose = ConfiguredName("TREAT")
      entry.object = ConfiguredName("token:ab12")
      entry.rule = ConfiguredName("reveal-one")
    },
    plain(.tokenRefused, 8) { entry in
      entry.user = person("3")
      entry.decision = .deny
      entry.rule = ConfiguredName("no-reason")
    },
    plain(.backupMade, 9) { entry in
      entry.people = [person("1")]
      entry.object = ConfiguredName("backup:2026-11-21")
      entry.blobs = [digest(7)]
    },
    plain(.logRecovered, 10) { $0.bytesDropped = 512 },
    plain(.providerLost, 11) { $0.object = ConfiguredName("pkcs11") },
    plain(.clockStepped, 12) { $0.clockStep = -2500 },
    plain(.holdPlaced, 13) { entry in
      entry.people = [person("4")]
      entry.tags = [digest(3), digest(4)]
    },
    plain(.configurationLoaded, 14) { _ in },
    plain(.logExported, 15) { $0.people = [person("5")] },
  ]

  private static func plain(_ event: Event, _ second: Int, _ change: (inout Entry) -> Void) -> Entry {
    var entry = Entry(event, at: time(second))
    change(&entry)
    return entry
  }

  private static func person(_ digit: Character) -> Pseudonym {
    guard let pseudonym = Pseudonym("p_" + String(repeating: digit, count: 32)) else { fatalError("no pseudonym") }
    return pseudonym
  }

  private static func part(_ byte: UInt8) -> PartReference {
    PartReference(subject: digest(byte), digest: digest(byte + 1), commitment: digest(byte + 2), length: 61)
  }

  private static func request(_ event: Event, _ second: Int) -> Entry {
    var entry = Entry(event, at: time(second), request: RequestID("0198a6f2-7d31"))
    entry.caller = ConfiguredName("dr-lee")
    entry.user = person("3")
    entry.client = ConfiguredName("ward-7.hospital.example")
    entry.server = ConfiguredName("replica-1.hospital.example")
    entry.useCase = ConfiguredName("discharge-summary")
    entry.purpose = ConfiguredName("TREAT")
    entry.vendor = ConfiguredName("openai")
    entry.agreement = ConfiguredName("baa-2026")
    entry.model = ModelName("gpt-4o")
    entry.policy = ConfiguredName("hospital")
    return entry
  }

  private static var opened: Entry {
    var entry = request(.requestOpened, 1)
    entry.parts = [part(1), part(5)]
    entry.decision = .allow
    entry.rule = ConfiguredName("clinician-asks-for-treatment")
    entry.profile = ConfiguredName("safe-harbor")
    entry.identifiers = [.date: 2, .name: 10]
    entry.knownIdentifiers = 3
    entry.sent = digest(11)
    entry.microseconds = [.detection: 310, .deidentification: 42]
    return entry
  }

  private static var closed: Entry {
    var entry = request(.requestClosed, 2)
    entry.outcome = .completed
    entry.status = 200
    entry.promptTokens = 812
    entry.completionTokens = 96
    entry.received = digest(12)
    entry.microseconds = [.total: 1_204_310]
    return entry
  }

  private static var refused: Entry {
    var entry = request(.requestRefused, 3)
    entry.decision = .deny
    entry.rule = ConfiguredName("vendor-without-agreement")
    entry.status = 403
    return entry
  }

  private static var failed: Entry {
    var entry = request(.requestClosed, 4)
    entry.outcome = .vendorFailed
    entry.status = 502
    return entry
  }

  /// Names that break out of every format that does not escape them.
  static let hostile = [
    #"a"b\c"#, "x]y", "p|q", "k=v", "a&b<c>'d", "<!--x-->", "]]>", "line\nbreak\r\n", "tab\tend", "{\"a\":1}",
    "é ü 漢 🩺", "\u{2028}x\u{FEFF}", "CEF:0|a|b", "v] msg", " cs1=forged", #"trailing\"#, "&amp;", "\u{7F}\u{1}x",
    "p\" other=\"1", "</AuditMessage>", "\u{FFFE}z",
  ]
}
