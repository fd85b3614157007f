import Foundation
import TestKit
import Testing

struct DeidCompareTests {
  @Test(.proves("DID-08"))
  func `prints both columns for a sample and stores the chosen method with reason and author`() throws {
    let commands = """
      $ printf 'Patient: Maria Gonzalez, seen 03/14/2024 in Boston, MA 02139\\n' > note.txt
      $ cordon deid compare note.txt --choose limited-data-set --reason 'dates matter' --author 'R. Price' | grep '^kind'
      $ cut -d , -f 1-5 deid-decision.json
      $ grep -c Gonzalez deid-decision.json
      """
    let printed = try Transcript(file: URL(filePath: "compare"), text: commands).played().text
      .split(separator: "\n").filter { !$0.hasPrefix("$ ") }
    try #require(printed.count == 4)
    #expect(
      printed[0].split(separator: " ").filter { $0.contains("-") } == ["safe-harbor", "limited-data-set"],
      "\(printed[0])")
    let record = #""chosen":"limited-data-set","reason":"dates matter","author":"R. Price""#
    #expect(printed[1].hasSuffix(record))
    #expect(printed[2...] == ["0", "[exit 1]"])
  }
}
