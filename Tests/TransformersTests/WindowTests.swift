import Testing
import TestKit
import Transformers

struct WindowTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `answers for every token once and reads it in a window that fits`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let width = Int.random(in: 1...40, using: &random)
      let overlap = Int.random(in: 0..<width, using: &random)
      var word: Int32 = 0
      let tokens = (0..<Int.random(in: 0...150, using: &random)).map { index in
        if Int.random(in: 0..<3, using: &random) == 0 { word += 1 }
        return Token(0, at: index..<index + 1, word: word)
      }
      let windows = Window.windows(over: tokens, width: width, overlap: overlap)
      #expect(windows.flatMap(\.answered) == Array(tokens.indices))
      for window in windows {
        #expect(window.read.count <= width && !window.read.isEmpty)
        #expect(window.read.lowerBound <= window.answered.lowerBound)
        #expect(window.answered.upperBound <= window.read.upperBound)
      }
    }
  }

  @Test func `reads a short text in one window and begins the next with a word`() {
    let tokens = (0..<12).map { Token(0, at: $0..<$0 + 1, word: Int32($0 / 2)) }
    #expect(Window.windows(over: tokens, width: 12, overlap: 4) == [Window(read: 0..<12, answered: 0..<12)])
    #expect(
      Window.windows(over: tokens, width: 9, overlap: 4)
        == [Window(read: 0..<9, answered: 0..<6), Window(read: 4..<12, answered: 6..<12)])
  }
}
