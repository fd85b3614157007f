import Ciphers
import Deidentification
import PHI
import TestKit
import Testing

/// Numbers whose digits are not all ASCII.
struct PlainNumberTests {
  private func written(_ text: String, _ identifier: Identifier, by transform: any Transform) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    let finding = Finding(identifier, at: 0..<bytes.count, confidence: .certain, by: "test")
    transform.write(finding, in: bytes.span, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: ["２１９-09-9999", "21９-0９-9999", "٢١٩-09-9999", "२१९०९९९९९"])
  func `a format-preserving code is that of the plain digits`(_ text: String) throws {
    let key = try #require(try keys().project)
    let plain = text.contains("-") ? "219-09-9999" : "219099999"
    let code = written(text, .socialSecurityNumber, by: FormatPreserving(key))
    #expect(code == written(plain, .socialSecurityNumber, by: FormatPreserving(key)))
    #expect(code.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(arguments: ["МРН1234", "É12345", "Ⅷ99812"])
  func `a value with other letters becomes its placeholder`(_ text: String) throws {
    let key = try #require(try keys().project)
    #expect(written(text, .medicalRecordNumber, by: FormatPreserving(key)) == "[MRN]")
  }

  @Test(arguments: [
    (Identifier.phone, "（２０８） 555-0148"), (.socialSecurityNumber, "２１９-09-9999"), (.zipCode, "８３702"),
    (.zipCode, "８３７０２"), (.medicalRecordNumber, "ＡＢ-１2345"),
  ])
  func `a surrogate keeps no digit or letter of another script`(_ identifier: Identifier, _ text: String) throws {
    let patient = try #require(try keys().patient)
    let profile = Profile.internalDisplay(asOf: today)
    let surrogate = Surrogate(
      of: patient, rule: profile.rule, zipPrefixes: profile.zipPrefixes, asOf: profile.reference)
    let invented = written(text, identifier, by: surrogate)
    #expect(
      invented.unicodeScalars.allSatisfy {
        $0.isASCII || !$0.properties.isAlphabetic && $0.properties.numericType == nil
      })
    #expect(invented.utf8.contains { (0x30...0x39).contains($0) })
  }
}
