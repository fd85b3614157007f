import Deidentification
import PHI
import Synchronization
import TestKit
import Testing

struct RememberedTokenTests {
  @Test(.proves("DID-09"), arguments: Identifier.allCases)
  func `Safe Harbor takes random tokens and refuses keyed ones, whatever they stand for`(identifier: Identifier) throws
  {
    let keys = try keys()
    let safeHarbor = Profile.safeHarbor(asOf: today)
    let refused = refusal(safeHarbor.applying(.linkableToken, to: IdentifierSet([identifier]), keys: keys))
    #expect(refused?.rule == "45 CFR 164.514(c)(1)")
    let random = try accepted(safeHarbor.applying(.randomToken, to: IdentifierSet([identifier]), keys: keys))
    #expect(random.method(for: identifier) == .randomToken)
    #expect(refusal(random.applying(.linkableToken, to: IdentifierSet([identifier]), keys: keys)) != nil)
    let limited = try accepted(
      Profile.limitedDataSet(under: DataUseAgreement("DUA-1"), for: .research, asOf: today))
    #expect(refusal(limited.applying(.linkableToken, to: IdentifierSet([identifier]), keys: keys)) == nil)
    #expect(try expert([identifier: .linkableToken], keys: keys).method(for: identifier) == .linkableToken)
  }

  @Test func `asks the source once for all values of a text, by the longest spelling of each`() throws {
    let asked = Mutex<[[String]]>([])
    let book = Codebook { values in
      asked.withLock { $0.append(values.map { String(decoding: $0.spelling, as: UTF8.self) }.sorted()) }
      return values.indices.map { Array("BBBBBBBBBBBBBBB".utf8) + [Array("CDFG".utf8)[$0]] }
    }
    let profile = try accepted(
      Profile.safeHarbor(asOf: today).applying(
        .randomToken, to: IdentifierSet([.name, .medicalRecordNumber]), keys: ProfileKeys(codebook: book)))
    let text = Array("Ms. Gonzalez agrees.\nPatient: Maria Gonzalez (MRN: 00412-7)\n".utf8)
    let deidentifier = Deidentifier(profile)
    let first = String(decoding: try deidentifier.redact(text).text, as: UTF8.self)
    #expect(String(decoding: try deidentifier.redact(text).text, as: UTF8.self) == first)
    #expect(asked.withLock { $0 } == [["00412-7", "Maria Gonzalez"]])
    #expect(first.contains("NAME_BBBB") && first.contains("MRN_BBBB") && !first.contains("Gonzalez"))
    #expect(book.failure == nil)
  }

  @Test func `puts the kind in the place of a value that the source gives no code, and says so`() throws {
    struct Locked: Error {}
    let book = Codebook { _ in throw Locked() }
    let profile = try accepted(
      Profile.safeHarbor(asOf: today).applying(
        .randomToken, to: IdentifierSet([.medicalRecordNumber]), keys: ProfileKeys(codebook: book)))
    let safe = try Deidentifier(profile).redact(Array("MRN: 00412-7".utf8)).text
    #expect(String(decoding: safe, as: UTF8.self) == "MRN: [MRN]")
    #expect(book.failure is Locked)
  }
}
