import Bytes
import Testing

struct PartitioningIndexTests {
  @Test(arguments: 0...9 as ClosedRange<Int>)
  func `finds where elements begin to belong, in slices too`(limit: Int) {
    let numbers = Array(0..<8)
    #expect(numbers.partitioningIndex { $0 >= limit } == min(limit, 8))
    #expect(numbers[3...].partitioningIndex { $0 >= limit } == min(max(limit, 3), 8))
    #expect([].partitioningIndex { (_: Int) in true } == 0)
  }
}
