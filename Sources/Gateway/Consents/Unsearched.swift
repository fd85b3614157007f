/// What of something nobody can search for the classes of data that it holds.
package enum Unsearched: String, Comparable, Sendable {
  case nothing
  /// Images, and no more.
  case images
  case anything

  package static func < (left: Unsearched, right: Unsearched) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .nothing: 0
    case .images: 1
    case .anything: 2
    }
  }
}
