import Bytes
import PHI

/// Edits of a view, cut at the borders of its segments.
struct SegmentEdits: Sequence, IteratorProtocol {
  private let edits: [Edit]
  private let segments: [ProseView.Segment]
  private var nextEdit = 0
  private var nextSegment = 0
  /// Whether the replacement of the edit at `nextEdit` has been put into an earlier segment.
  private var isPlaced = false

  init(_ edits: [Edit], over segments: [ProseView.Segment]) {
    self.edits = edits
    self.segments = segments
  }

  /// The next segment that is edited, and its edits; never none.
  mutating func next() -> (ProseView.Segment, [Edit])? {
    while nextEdit < edits.count, nextSegment < segments.count {
      let segment = segments[nextSegment]
      let parts = parts(of: segment.stretch.text)
      nextSegment += 1
      if !parts.isEmpty { return (segment, parts) }
    }
    return nil
  }

  private mutating func parts(of text: Range<Int>) -> [Edit] {
    var parts: [Edit] = []
    while nextEdit < edits.count {
      let edit = edits[nextEdit]
      guard edit.range.lowerBound <= text.upperBound else { break }
      let clipped = edit.range.clamped(to: text)
      let isInsertion = edit.range.isEmpty && edit.range.lowerBound >= text.lowerBound
      if !clipped.isEmpty || isInsertion {
        parts.append(Edit(clipped, with: isPlaced ? [] : edit.replacement))
        isPlaced = true
      }
      guard edit.range.upperBound <= text.upperBound else { break }
      nextEdit += 1
      isPlaced = false
    }
    return parts
  }
}
