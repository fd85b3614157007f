import Bytes
import Deidentification
import PHI

/// Which profile was chosen, why, by whom and on which figures (45 CFR 164.514(b)).
struct DeidDecision {
  let chosen: Profile.Name
  let reason: String
  let author: String
  let day: CalendarDate
  let comparison: ProfileComparison

  /// Writes the record to a file that is whole or not there, and that replaces none.
  func write(to path: String) throws(FileFailure) {
    var file = try OutputFile(path)
    try file.write(json.bytes + [0x0A])
    try file.commitWithoutReplacing()
  }

  private var json: JSONValue {
    [
      "record": "de-identification method", "version": 1, "chosen": .string(chosen.rawValue),
      "reason": .string(reason), "author": .string(author), "day": .string(day.description),
      "comparison": comparison.json,
    ]
  }
}
