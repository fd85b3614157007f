import Gateway
import PHI
import Testing

/// What a list of the configuration grants.
struct GrantedTests {
  @Test func `a value is there once, with its own terms, in the order of the list`() {
    var granted = Granted(["b", "a"])
    granted.grant("c", on: GrantTerms(line: 3))
    granted.grant("a", on: GrantTerms(line: 4))
    #expect(Array(granted) == ["b", "a", "c"] && granted.set == ["a", "b", "c"])
    #expect(granted["a"]?.line == 4 && granted["c"]?.line == 3 && granted["d"] == nil)
    let left = granted.filter { $0 != "b" }
    #expect(Array(left) == ["a", "c"] && left["a"]?.line == 4 && !left.contains("b"))
    #expect(granted.terms.map(\.0) == Array(granted))
  }

  @Test func `items that name a day and items that do not are one list`() throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "[summarize, code, tokens-only, names-only]", with: "[code, {name: summarize, until: 2027-01-31}, code]")
    let useCases = try Configuration(yaml: yaml).callers[0].useCases
    #expect(useCases.map(\.name) == ["code", "summarize"])
    #expect(useCases.terms.map { $0.1.until?.description } == [nil, "2027-01-31"])
  }
}
