import Synthesis
import Testing

struct StyleTests {
  private static let text =
    "=== a\nSeen by Dr. {full:doc1} on {date:iso}, about the first\nor the second visit. Phone {phone}.\n"

  private func documents(_ count: Int) throws -> [Document] {
    let template = try #require(try Template.parse(Self.text).first)
    let author = try SampleLists.author()
    return (0..<count).map { author.document(from: template, seed: UInt64($0)) }
  }

  @Test func `leaves about six in ten documents as they were written`() throws {
    let plain = try documents(2000).count { $0.style == "plain" }
    #expect((1060...1260).contains(plain))
  }

  @Test func `every style is met, and each document keeps its three marks`() throws {
    let documents = try documents(6000)
    let styles = Set(documents.flatMap { $0.style.split(separator: "+").map(String.init) })
    #expect(
      styles == [
        "plain", "lower", "caps", "ocr", "wrap", "flat", "spaces", "unpunctuated", "typographic", "decomposed",
        "stripped", "typos", "wide", "invisible",
      ])
    for document in documents {
      #expect(document.spans.map(\.label) == [.clinician, .date, .phone], "\(document.style)")
    }
  }

  @Test func `a style does what it says`() throws {
    for document in try documents(3000) {
      switch document.style {
      case "lower": #expect(document.text == document.text.lowercased())
      case "caps": #expect(document.text == document.text.uppercased())
      case "flat": #expect(!document.text.contains("\n"))
      case "stripped": #expect(document.text.unicodeScalars.allSatisfy { !(0xC0..<0x250).contains($0.value) })
      default: break
      }
    }
  }
}
