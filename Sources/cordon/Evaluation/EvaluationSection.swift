import Bytes

/// A part of an evaluation's report: tables for people, members for programs.
protocol EvaluationSection {
  /// The section as tables and sentences.
  func text(_ style: TextTable.Style) -> String
  /// The section as members of the report.
  var json: [JSONMember] { get }
}
