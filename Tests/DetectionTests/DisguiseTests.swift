import Detection
import PHI
import TestKit
import Testing

/// Identifiers that are written so that a reader or a program sees them, and a search for letters does not.
struct DisguiseTests {
  @Test(arguments: [
    ("Patient: «&#74;&#111;&#104;&#110; Smith», seen today", Identifier.name),
    ("Patient: «&#x4A;ohn&nbsp;Smith», seen today", .name),
    ("Patient: «John&#32Smith», seen today", .name),
    ("Patient: «Ren&eacute;e Duval», seen today", .name),
    ("Patient: «%4Aohn%20Smith», seen today", .name),
    ("Patient: «%254Aohn%2520Smith», seen today", .name),
    ("Patient: «&amp;#74;ohn Smith», seen today", .name),
    (#"Patient: «\u004aohn \u0053mith», seen today"#, .name),
    ("Patient: «&#000000000000000000074;ohn &#x000000053;mith», seen today", .name),
    ("Patient: «%4Aohn%20Smit%68»%FF, seen today", .name),
    (#"{\\\"patient\\\": \\\"«\\\\u004aohn Smith»\\\"}"#, .name),
    (#"Patient: «\x4aohn Smith», seen today"#, .name),
    ("Patient: «Jоhn Smіth», seen today", .name),
    ("Patient: «𝐉𝐨𝐡𝐧 𝐒𝐦𝐢𝐭𝐡», seen today", .name),
    ("Patient: «𝓙𝓸𝓱𝓷 𝓢𝓶𝓲𝓽𝓱», seen today", .name),
    ("Patient: «𝕁𝕠𝕙𝕟 𝕊𝕞𝕚𝕥𝕙», seen today", .name),
    ("Patient: «ⒿⓞⓗⓝⓈⓜⓘⓣⓗ», seen today", .name),
    ("SSN: «219-09-4417», and again «2&#49;9-09-4417»", .socialSecurityNumber),
    ("SSN: «%32%31%39-09-4417» on file", .socialSecurityNumber),
    ("SSN: «𝟐𝟏𝟗-𝟎𝟗-𝟒𝟒𝟏𝟕» on file", .socialSecurityNumber),
    ("SSN: «②①⑨-⓪⑨-④④①⑦» on file", .socialSecurityNumber),
    ("SSN: «₂₁₉-₀₉-₄₄₁₇» on file", .socialSecurityNumber),
    ("Mail to «john.smith&commat;mail.example» now", .email),
    ("Mail to «john.smith%40mail.example» now", .email),
    ("Patient: «John Brac<i>ken</i>ridge», seen today", .name),
    ("Patient: «J<b>oh</b>n Smi<span style='color:red' title='>'>t</span>h», seen today", .name),
    ("Patient: «John Smi<!-- x --><B CLASS=a>t</B>h», seen today", .name),
    ("Patient: «John Brac&lt;em&gt;ken&lt;/em&gt;ridge», seen today", .name),
    ("Patient: «John Brac**ken**ridge», seen today", .name),
    ("Patient: «J~~oh~~n Smi**t**h», seen today", .name),
    ("SSN: «219-0<b>9-44</b>17» on file", .socialSecurityNumber),
    ("Number «219-09-**4417»** on file", .socialSecurityNumber),
    ("Number «219<b>-09</b>-4417» on file", .socialSecurityNumber),
    ("Number «219<b>-</b>09<b\t>-</b>4417» on file", .socialSecurityNumber),
    ("Mail to <b>«john.smith</b>@mail.example» now", .email),
  ])
  func `is found where it stands in the text`(_ marked: String, _ identifier: Identifier) {
    let (text, places) = marked.withoutMarks
    let found = Scanner().findings(in: text).filter { $0.identifier == identifier }
    for place in places {
      #expect(
        found.contains { $0.range.lowerBound <= place.lowerBound && $0.range.upperBound >= place.upperBound },
        "\(found.map(\.range)) should cover \(place)")
    }
  }

  @Test(arguments: [
    "Glucose 95%, CI 95% &c., R&D; AT&T; 50%ab of C:\\new\\table and %zz", "the β-blocker at 5 μg/kg; Δ 3",
    "<low>120</low><high>80</high> 5*4*3 ~12~ a<b and c>d; x<br>y; <given>t</given><family>u</family> **a** b****c",
    "Пациент в порядке", "a & b &unknown; &#xZZ; &#1; \\u12 \\", "&#0;%00%ff",
  ])
  func `is not seen in what is none`(_ text: String) {
    #expect(Scanner().findings(in: Array(text.utf8)).isEmpty)
  }

  @Test(arguments: [
    "&#9999999999", "&#4294967296;", "&#xFFFFFFFFF", "&#x100000000;", "&#1114112;", "&#xD800;",
    "&#" + String(repeating: "9", count: 400), "&#x" + String(repeating: "f", count: 400) + ";", "&#", "&#x", "&#x;",
    "\\uD83D", "\\uFF\\x", "%C3", "%C3%", "%F4%BF%BF%BF", "%E2%82",
  ])
  func `is none in a number that is no character's, and ends nothing`(_ text: String) {
    for text in [text, "Patient: \(text) seen; \(text)", text + text] {
      #expect(Disguise(Array(text.utf8)) == nil)
      for finding in Scanner().findings(in: Array(text.utf8)) { #expect(finding.range.upperBound <= text.utf8.count) }
    }
  }

  @Test(arguments: ["%FF", "%C3", "\\", "&#", "&#x0", "&", "%4", "a<b", "a<!--", "a<b '", "<b>"])
  func `is looked for once at each place, in megabytes of what nearly is one`(_ part: String) {
    // What looked for an end from every place would take 10¹² steps.
    let text = Array(repeating: Array(part.utf8), count: 1 << 20).joined()
    #expect(Disguise(Array(text) + Array("!".utf8)) == nil)
  }

  @Test func `findings stay in order, apart and within the text, whatever it disguises`() {
    var random = SeededGenerator(seed: 20)
    let parts = [
      "John ", "Smith", "&#74;", "&#9999999999", "&#xFFFFFFFFF", "%C3", "%A9", "&amp;",
      "%4A", "%20", "\\u004a", "о", "𝐉", "219-09-4417", "\n", "&#", "%",
      "\\", "@mail.example", "<b>", "</i>", "<!--x-->", "**",
      "SSN: ", "é", ";", "x",
    ]
    for _ in 0..<3000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let part: String = parts.randomElement(using: &random) ?? ""
        text.append(contentsOf: part.utf8)
      }
      var end = 0
      for finding in Scanner().findings(in: text) {
        #expect(finding.range.lowerBound >= end && !finding.range.isEmpty, "seed 20")
        end = finding.range.upperBound
      }
      #expect(end <= text.count)
    }
  }
}

extension String {
  /// The text without the marks `«` and `»`, and the places between them.
  fileprivate var withoutMarks: ([UInt8], [Range<Int>]) {
    var text: [UInt8] = []
    var places: [Range<Int>] = []
    var start = 0
    for character in self {
      switch character {
      case "«": start = text.count
      case "»": places.append(start..<text.count)
      default: text.append(contentsOf: String(character).utf8)
      }
    }
    return (text, places)
  }
}
