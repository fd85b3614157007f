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
    ("Patient: \u{202E}«htimS nhoJ»\u{202C}, seen today", .name),
    ("Patient: \u{202E}«egdirnekcarB enilottO»", .name),
    ("Patient: John \u{202E}«egdirnekcarB»\u{202C}, seen today", .name),
    ("Patient: &#x202E;«htimS nho&#74;»&#x202C;, seen today", .name),
    ("Patient: \u{202E}«egdirnekcarB \u{202D}Ottoline»\u{202C}\u{202C}, seen today", .name),
    ("Patient: \u{202E}«egdirne\u{202C}\u{202E}kcarB nhoJ»\u{202C}, seen today", .name),
    ("Patient: \u{2066}\u{202E}«ttoC nhoJ»\u{2069}, seen today", .name),
    ("Patient: «John Brac\u{2066}ken\u{2069}ridge», seen today", .name),
    ("Patient: «Jo\u{200E}hn Bra\u{200F}cken\u{61C}ridge», seen today", .name),
    ("Patient: «Jo\u{202A}hn\u{202C} Bra\u{202D}ck\u{202C}en\u{2068}rid\u{2069}ge», seen today", .name),
    ("SSN: «219\u{200E}-0\u{2067}9\u{2069}-44\u{61C}17» on file", .socialSecurityNumber),
    ("Patient: <bdo dir=rtl>«htimS nhoJ»</bdo>, seen today", .name),
    ("Patient: <BDO class='a>b' DIR = \"RTL\">«egdirnekcarB\nenilottO»</bdo >, seen today", .name),
    ("Patient: <bdo dir='rtl'>«egdirne<b>kca</b>rB nho&#74;»</bdo>, seen today", .name),
    ("Patient: &lt;bdo dir=rtl&gt;«htimS nhoJ»&lt;/bdo&gt;, seen today", .name),
    ("Patient: <bdo dir=rtl>«egdir<bdo>nekc</bdo>arB nhoJ»</bdo>, seen today", .name),
    ("Patient: <bdo dir=rtl>«egdirnekcarB <bdo dir=ltr>Ottoline»</bdo></bdo>, seen today", .name),
    ("Patient: «John Brac<bdo dir=rtl>nek</bdo>ridge», seen today", .name),
    ("Patient: «John Brac<i><bdo>ken</bdo></i>ridge», seen today", .name),
    ("SSN: \u{202E}«7144-90-912»\u{202C} on file", .socialSecurityNumber),
    ("SSN: <bdo dir=rtl>«7144-90-912»</bdo> on file", .socialSecurityNumber),
    ("Mail to \u{202E}«elpmaxe.liam@htims.nhoj»\u{202C} now", .email),
    ("Call \u{202E}«7810-555 (212)»\u{202C} now", .phone),
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

  @Test(
    arguments: [
      ("abc", nil), ("a\u{202C}b\u{2066}c\u{2069}", nil), ("®\u{80AE}", nil),
      ("a \u{202E}cb\u{202C} d", "a bc d"), ("\u{202E}cb", "bc"), ("\u{202E}dc\nab\u{202E}dc", "cd\nabcd"),
      ("\u{202E}(1)\u{202C}", "(1)"), ("\u{202E}\u{202C}", ""), ("\u{202E}e\u{301}c", "ce\u{301}"),
      // What stands within stays in its own order: left to right, isolated, turned again.
      ("\u{202E}dc\u{202D}xy\u{202C}ba\u{202C}", "abxycd"), ("\u{202E}dc\u{2066}xy\u{2069}ba", "abxycd"),
      ("\u{202E}dc\u{202E}ba\u{202C}\u{202C}", "abcd"), ("\u{202E}b\u{202A}x", "xb"),
      ("\u{202E}dc\u{202C}\u{202E}ba\u{202C}", "abcd"),
      ("\u{202E}dc\u{202D}xy\u{202C}\u{202D}zw\u{202C}ba", "abxyzwcd"),
      // An isolate ends what was begun within it; what ends nothing is nothing.
      ("\u{2066}\u{202E}ba\u{2069}cd", "abcd"), ("\u{202E}dc\u{2069}ba\u{202C}e", "ab\u{2069}cde"),
      ("\u{202E}b\u{2066}c\u{202C}d\u{2069}a", "ac\u{202C}db"),
    ] as [(String, String?)])
  func `is read in the order in which it is shown`(_ written: String, _ shown: String?) {
    #expect(DisplayOrder(Array(written.utf8))?.text == shown.map { Array($0.utf8) })
  }

  @Test(
    arguments: [
      ("<bdo dir=rtl>cb</bdo> d", "bc d"), ("a <bdo dir=rtl>c\nb", "a b c"), ("<bdo dir=rtl/>cb", nil),
      ("<bdo dir=rtl />cb", "bc"),
      ("<bdo x dir=ltr dir=rtl>ab</bdo>", nil), ("<bdo>ab</bdo>", nil), ("</bdo>ab", nil), ("<bdox dir=rtl>ab", nil),
      ("<bdo data-dir=rtl>ab", nil), ("<bdo dir=\"rtl>ab", nil), ("<bdo dir=rtl", nil), ("bdo dir=rtl>ab", nil),
      ("<bdo\u{A0}dir=rtl>ab", nil), ("<bdo title=\"a\"dir=rtl>ba", "ab"),
      ("<bdo dir=rtl>dc<bdo dir=ltr>xy</bdo>ba</bdo></bdo>e", "abxycde"), ("<bdo =a dir=rtl>ba", "ab"),
    ] as [(String, String?)])
  func `is read in the order in which an element shows it`(_ written: String, _ shown: String?) {
    let disguise = Disguise(Array(written.utf8))
    #expect(DisplayOrder(disguise?.text ?? Array(written.utf8))?.text == shown.map { Array($0.utf8) })
  }

  @Test(arguments: [
    "<bdo dir=rtl>", "<bdo dir=rtl>a</bdo>", "<bdo>", "</bdo>", "<bdo dir=rtl><bdo", "<bdo '", "<bdo dir=rtl>\n",
  ])
  func `is turned around once for each element, in megabytes of them`(_ part: String) {
    let text = Array(Array(repeating: Array(part.utf8), count: 1 << 17).joined())
    let plain = Disguise(text)?.text ?? text
    #expect(DisplayOrder(plain)?.text.count ?? 0 <= text.count)
  }

  @Test(arguments: [
    "\u{202E}", "\u{202E}a", "\u{202E}\u{2066}", "\u{202D}\u{202E}\u{2067}a", "\u{202E}a\n", "\u{2069}\u{202E}\u{202C}",
  ])
  func `is turned around once at each place, in megabytes of it`(_ part: String) throws {
    let text = Array(repeating: Array(part.utf8), count: 1 << 18).joined()
    let shown = try #require(DisplayOrder(Array(text)))
    #expect(shown.text.count <= text.count)
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
      "\\", "@mail.example", "<b>", "</i>", "<!--x-->", "**", "<bdo dir=rtl>", "</bdo>", "\u{202E}", "\u{202C}",
      "htimS", "\u{2066}", "\u{2069}",
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
