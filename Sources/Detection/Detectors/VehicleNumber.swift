package import PHI

/// Finds identification numbers and plates of vehicles, and parking placards.
///
/// ## What it finds
/// The value after `VIN`, `plate`, `placard`; seventeen letters and digits in the form of an identification number.
///
/// ## What it leaves alone
/// Makes and models, and plates that are objects (`plate and screws`).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(L), vehicle identifiers and serial numbers, including license plate numbers.
///
/// ## Examples
/// - `license plate ⟦KTR 4417⟧; tibia fixed with plate and screws`
package struct VehicleNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.vehicle, as: .vehicle, by: "vehicle-number", into: &findings)
    for number in page.numbers where page.words[Int(number)].length == 17 {
      let word = page.words[Int(number)]
      guard word.kind == .mixed, isVIN(page.bytes[word.range]) else { continue }
      findings.append(Finding(.vehicle, at: word.range, confidence: .high, by: "vehicle-number"))
    }
  }

  private func isVIN(_ bytes: ArraySlice<UInt8>) -> Bool {
    // I, O and Q do not occur, and the last four places are digits (49 CFR 565).
    bytes.allSatisfy { byte in
      let lower = CharacterClass.lowercased(byte)
      return CharacterClass.isDigit(byte) || byte < 0x80 && lower != 0x69 && lower != 0x6F && lower != 0x71
    } && bytes.suffix(4).allSatisfy(CharacterClass.isDigit)
  }
}
