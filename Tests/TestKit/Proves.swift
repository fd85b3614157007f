public import Testing

/// Names the rows of the requirements catalogue whose acceptance test this test carries out, as written there.
///
/// `make status` reads it. A test that touches a row without carrying out its acceptance test does not name it.
public struct Proves: TestTrait, SuiteTrait {
  /// The ids of the rows, such as `DID-03`.
  public let rows: [String]

  /// What the test runner prints beside the test.
  public var comments: [Comment] { rows.map { Comment(rawValue: "proves \($0)") } }
}

extension Trait where Self == Proves {
  /// This test carries out the acceptance tests of these catalogue rows.
  public static func proves(_ rows: String...) -> Proves { Proves(rows: rows) }
}
