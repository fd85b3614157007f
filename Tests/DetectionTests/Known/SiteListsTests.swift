import Detection
import PHI
import Testing

struct SiteListsTests {
  private func lists(_ files: KeyValuePairs<String, String>) throws -> SiteLists {
    try SiteLists(files.map { SiteLists.File(name: $0.key, bytes: Array($0.value.utf8)) })
  }

  private func scanner(_ files: KeyValuePairs<String, String>) throws -> Scanner {
    Scanner(detectors: []).listing(try lists(files))
  }

  private func refusal(_ name: String, _ text: [UInt8]) -> SiteListsError? {
    do throws(SiteListsError) {
      _ = try SiteLists([SiteLists.File(name: name, bytes: text)])
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "seen by ⟦Ngozi Okafor⟧", "⟦Okafor, Ngozi⟧", "Dr. ⟦Okafor⟧ agrees", "⟦N. Okafor⟧ agrees", "ask ⟦Okafor⟧ again",
    "Dr. ⟦Small⟧ agrees", "⟦Peter Small⟧ agrees", "⟦SMALL, PETER⟧", "a small amount, Peter", "Small bowel is normal",
  ])
  func `finds staff by two parts of a name or one that is written as a name`(_ marked: String) throws {
    let scanner = try scanner(["staff.txt": "# the wards\nOkafor, Ngozi, MD\r\n\n  Peter Small RN\n"])
    #expect(remarked(marked, by: scanner) == marked)
  }

  @Test(arguments: [
    "at ⟦Birchwood Clinic⟧ today", "AT ⟦BIRCHWOOD CLINIC⟧", "birchwood trees", "by ⟦Hope House⟧ staff",
    "the hope house", "near ⟦Old Mill Rd⟧",
    "near ⟦Old Mill Road⟧", "the ⟦old mill road⟧", "the old mill", "in ⟦Reading⟧ again", "was reading",
    "Reading glasses", "⟦Kamiah⟧, ID",
    "works for ⟦Gem State Movers⟧",
  ])
  func `finds places and organisations by name`(_ marked: String) throws {
    let scanner = try scanner([
      "clinics.txt": "Birchwood Clinic\n", "organizations.txt": "Hope House\nGem State Movers\n",
      "streets.txt": "Old Mill Road\n", "towns.txt": "Reading\nKamiah",
    ])
    #expect(remarked(marked, by: scanner) == marked)
  }

  @Test(arguments: [
    "⟦TV-0051-4672⟧", "chart ⟦tv-0051-4672⟧.", "(⟦K12B-77⟧)", "TV-0051-46721", "TV-0051-467", "1-TV-0051-4672",
    "XTV-0051-4672",
    "⟦12/3456 A⟧ next", "12/3456 5", "TV-0051-4672-9", "file_⟦TV-0051-4672⟧.pdf",
  ])
  func `finds numbers of the site's forms`(_ marked: String) throws {
    let scanner = try scanner(["numbers.txt": "MRN TV-####-####\nACCOUNT *##@-##\nID ##/#### @\n"])
    #expect(remarked(marked, by: scanner) == marked)
  }

  @Test func `keeps what the site wants kept, but not what is known of somebody`() throws {
    let text = "Seen at Birchwood Clinic by Maria Gonzalez about Gonzalez."
    let site = try lists(["keep.txt": "birchwood clinic\nGonzalez\nMaria Gonzalez", "clinics.txt": "Birchwood Clinic"])
    let rules = Scanner(tagger: nil)
    #expect(remarked(text, by: rules).contains("⟦Maria Gonzalez⟧"))
    #expect(remarked(text, by: rules.listing(site)) == text)
    let known = try KnownIdentifiers(parsing: Array(#"{"people":[{"names":["Ana Gonzalez"]}]}"#.utf8))
    let marked = remarked(text, by: rules.listing(site).knowing(known))
    #expect(marked == "Seen at Birchwood Clinic by Maria ⟦Gonzalez⟧ about ⟦Gonzalez⟧.")
  }

  @Test func `names the file and the line of a mistake`() {
    #expect(refusal("staf.txt", []) == SiteListsError(.unknownList, in: "staf.txt"))
    #expect(refusal("towns.txt", [0xFF]) == SiteListsError(.notUTF8, in: "towns.txt"))
    #expect(refusal("staff.txt", Array("Ann Lee\n-\n".utf8)) == SiteListsError(.noLetters, in: "staff.txt", line: 2))
    #expect(refusal("keep.txt", Array("\n\n?".utf8)) == SiteListsError(.noLetters, in: "keep.txt", line: 3))
    #expect(refusal("numbers.txt", Array("MRN".utf8)) == SiteListsError(.noForm, in: "numbers.txt", line: 1))
    #expect(refusal("numbers.txt", Array("MRN ##".utf8)) == SiteListsError(.formTooShort, in: "numbers.txt", line: 1))
    let line = Array(String(repeating: "a", count: 300).utf8)
    #expect(refusal("towns.txt", line) == SiteListsError(.tooLong(limit: 256), in: "towns.txt", line: 1))
    let error = refusal("numbers.txt", Array("GONZALEZ ####".utf8))
    #expect(error?.line == 1 && error?.description.contains("GONZALEZ") == false)
  }
}
