extension Page {
  /// Whether the word at `index` is on the page and nothing stands between it and the one before.
  func isTouching(_ index: Int) -> Bool { words.indices.contains(index) && touchesPrevious(index) }
}
