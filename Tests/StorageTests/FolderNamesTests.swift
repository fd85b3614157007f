import Foundation
import Glibc
import Storage
import TestKit
import Testing

struct FolderNamesTests {
  @Test func `names are whole and sorted, however many and however long they are`() throws {
    let folder = try TemporaryFolder()
    let names = (1...700).map { String(repeating: "n", count: $0 % 250 + 1) + "-\($0)" }
    for name in names { try Data().write(to: URL(filePath: "\(folder.path)/\(name)")) }
    #expect(folderNames(folder.path) == names.sorted())
  }

  @Test func `a folder that holds nothing has no names, and where there is none the reason is told`() throws {
    let folder = try TemporaryFolder()
    #expect(folderNames(folder.path) == [])
    #expect(folderNames("\(folder.path)/none") == nil)
    #expect(errno == ENOENT)
  }
}
