/// Which entries are exported.
package struct ExportSelection: Hashable, Sendable {
  /// The index of the first.
  package var first: UInt64 = 0
  /// The index of the last; nil for all there are.
  package var last: UInt64?
  /// From which moment on.
  package var since: Timestamp?
  /// Before which moment.
  package var until: Timestamp?
  /// Of which events; nil for all.
  package var events: Set<Event>?

  /// All entries.
  package init() {}

  /// Whether the entry at `index` with this outline is one of them.
  package func includes(_ index: UInt64, _ outline: EntryOutline) -> Bool {
    index >= first && last.map { index <= $0 } != false && since.map { outline.time >= $0 } != false
      && until.map { outline.time < $0 } != false && events?.contains(outline.event) != false
  }
}
