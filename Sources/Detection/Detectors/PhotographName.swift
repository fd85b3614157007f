package import PHI

/// Finds names of photographs of a face or a comparable image.
///
/// ## What it finds
/// File names of images that end in a camera's or a picture's extension and tell by their words (`face`, `portrait`,
/// `selfie`, `headshot`), by a camera's numbering, or by the words before them that they show a person.
///
/// ## What it leaves alone
/// File names of documents, scans of cards and series of medical images.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(Q), full-face photographs and comparable images.
///
/// ## Examples
/// - `see ⟦face_left_02.jpg⟧ and consent.pdf`
package struct PhotographName: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for (index, word) in page.words.enumerated() where word.kind != .mark && word.length >= 3 && word.length <= 4 {
      guard page.isMark(index - 1, 0x2E), !page.isSpaced(index), PhotographName.extensions.contains(word.hash) else {
        continue
      }
      let first = startOfName(index - 1, page)
      guard first < index - 1, showsPerson(first, index, page) else { continue }
      findings.append(
        Finding(.photograph, at: page.range(from: first, through: index), confidence: .certain, by: "photograph-name"))
    }
  }

  private func startOfName(_ dot: Int, _ page: borrowing Page) -> Int {
    var first = dot
    while first > 0, dot - first < 40, !page.isSpaced(first) {
      let before = page[first - 1]
      guard before.kind != .mark || [0x2D, 0x5F, 0x2E, 0x2F].contains(before.value) else { break }
      first -= 1
    }
    return first
  }

  private func showsPerson(_ first: Int, _ last: Int, _ page: borrowing Page) -> Bool {
    for index in max(0, first - 12)..<last {
      let word = page[index]
      if word.kind == .letters, PhotographName.people.contains(word.hash) { return true }
    }
    let camera = page[first]
    return camera.kind != .digits && PhotographName.cameras.contains(prefixHash(camera, page))
  }

  private func prefixHash(_ word: Word, _ page: borrowing Page) -> UInt64 {
    WordHash.of(page.bytes[word.range].prefix { !CharacterClass.isDigit($0) })
  }

  private static let extensions = WordSet("jpg jpeg png heic heif tif tiff bmp gif webp nef cr2 cr3 arw dng raw")
  private static let cameras = WordSet("dsc dscn dscf img pxl mvimg dcim")
  private static let people = WordSet(
    "face faces facial portrait portraits selfie selfies headshot headshots photo photos photograph photographs mugshot profile avatar picture frame frames"
  )
}
