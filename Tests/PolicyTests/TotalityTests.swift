import Bytes
import Policy
import TestKit
import Testing

struct TotalityTests {
  private let request = AccessRequest(principal: uid("U::a"), action: uid("Action::x"), resource: uid("R::r"))

  @Test(arguments: [
    "(", "[", "{a:", "!(", "-(", "if true then ", "ip(", "[].contains(", "principal has a && (", "1 + (", "1 == (",
  ])
  func `deep nesting is refused`(_ opening: String) {
    let text = String(repeating: opening, count: 100_000) + "1"
    #expect { try expression(text) } throws: { [.tooDeep, .tooLong].contains(($0 as? PolicyError)?.code) }
  }

  @Test(arguments: ["1 + ", "1 * ", "principal.a"])
  func `long chains that make deep trees are refused`(_ link: String) {
    let text =
      link.hasSuffix("a")
      ? "principal" + String(repeating: ".a", count: 10_000) : String(repeating: link, count: 10_000) + "1"
    #expect { try expression(text) } throws: { ($0 as? PolicyError)?.code == .tooDeep }
  }

  @Test(arguments: [("(if ", " is A in A::\"a\" then principal else principal)"), ("(", " has a.b)")])
  func `what doubles at every level is refused`(_ opening: String, _ closing: String) {
    let text = String(repeating: opening, count: 40) + "principal" + String(repeating: closing, count: 40)
    #expect { try expression(text) } throws: { ($0 as? PolicyError)?.code == .tooLong }
  }

  @Test(arguments: ["&&", "||"])
  func `long chains of conditions are taken`(_ symbol: String) throws {
    let last = symbol == "&&" ? "true" : "false"
    let text = Array(repeating: last, count: 50_000).joined(separator: " \(symbol) ")
    #expect(try expression(text).value(for: request, Entities()) == .bool(symbol == "&&"))
  }

  @Test func `a tree of the greatest height is read, written, checked and evaluated`() throws {
    let text =
      String(repeating: "(", count: 120) + String(repeating: "1 + ", count: 250) + "1"
      + String(repeating: " + 1)", count: 120)
    let expression = try expression(text)
    #expect(try PolicyTests.expression(expression.description) == expression)
    #expect(try expression.value(for: request, Entities()) == .long(371))
  }

  @Test func `a long line of entities is walked, a cycle in it refused`() throws {
    func chain(_ count: Int, closed: Bool) -> String {
      let links = (0..<count).map { place in
        let parent = place + 1 < count ? place + 1 : 0
        let parents = place + 1 < count || closed ? "{\"type\": \"U\", \"id\": \"\(parent)\"}" : ""
        return "{\"uid\": {\"type\": \"U\", \"id\": \"\(place)\"}, \"attrs\": {}, \"parents\": [\(parents)]}"
      }
      return "[\(links.joined(separator: ","))]"
    }
    #expect(try entities(chain(3_000, closed: false))[uid("U::0")]?.ancestors.count == 2_999)
    #expect(throws: PolicyError(.cyclicHierarchy)) { try entities(chain(3_000, closed: true)) }
    #expect(throws: PolicyError(.tooLong)) { try entities(chain(5_000, closed: false)) }
  }

  @Test func `a huge set is searched`() throws {
    let set = "[\((0..<50_000).map(String.init).joined(separator: ","))]"
    #expect(
      try expression("\(set).containsAll(\(set)) && \(set).contains(49999)").value(for: request, Entities())
        == .bool(true))
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `no text makes it trap`(_ seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let samples = try [
      SourceTree.text("Sources/EmbeddedPolicies/hospital.cedar"),
      SourceTree.text("Sources/EmbeddedPolicies/hospital.cedarschema"),
      "permit(principal in ?principal, action, resource) when { \"\\u{1F}\\x41*\" like \"\\*a*\" && -1 * -2 < 3 };",
      "[{\"uid\": {\"type\": \"U\", \"id\": \"a\"}, \"attrs\": {\"x\": {\"__extn\": {\"fn\": \"ip\", \"arg\": \"::\"}}}, \"parents\": []}]",
    ].map { Array($0.utf8) }
    for sample in samples {
      var text = sample
      for _ in 0..<Int.random(in: 1...12, using: &dice) {
        let place = Int.random(in: 0..<text.count, using: &dice)
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: text.remove(at: place)
        case 1: text[place] = UInt8.random(in: 0...255, using: &dice)
        case 2: text.insert(contentsOf: samples[0].dropFirst(place % 3000).prefix(20), at: place)
        default: text.removeSubrange(place..<min(text.count, place + 40))
        }
        if text.isEmpty { text = [0x20] }
      }
      if let set = try? PolicySet(parsing: text) {
        #expect(try PolicySet(parsing: Array(set.description.utf8)) == set)
        _ = try Authorizer(set).explain(request, Entities())
      }
      _ = try? Schema(source: text)
      if let json = try? JSONValue(parsing: text) {
        _ = try? Entities(json: json)
        _ = try? PolicySet(json: json)
      }
    }
  }
}
