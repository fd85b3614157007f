import Bytes

/// A part of an evaluation's report: tables for people, members for programs.
protocol EvaluationSection {
  /// What the section is called where the report has headings; nil for the first.
  var title: String? { get }
  /// The section as tables and sentences.
  func text(_ style: TextTable.Style) -> String
  /// The section as members of the report.
  var json: [JSONMember] { get }
}
