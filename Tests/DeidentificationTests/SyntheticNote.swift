import TestKit

/// A short clinical text made at random, and the identifiers planted in it.
struct SyntheticNote {
  private(set) var text = ""
  private(set) var planted: [String] = []

  init(_ random: inout SeededGenerator) {
    let given = ["Maria", "Thaddeus", "Siobhan", "Kwame", "Hildegard", "Renée", "Anneliese", "Dmitri"]
    let family = ["Gonzalez", "Quillfeather", "O'Brien", "Okonkwo-Lind", "Vandermeer", "Núñez", "Abernathy", "Petrov"]
    let streets = ["Maple Street", "Old Mill Road", "Harbor Avenue", "Cedar Lane"]
    func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
    func number(_ digits: Int) -> String {
      (0..<digits).map { _ in String(Int.random(in: 1...9, using: &random)) }.joined()
    }
    let first = pick(given)
    let last = pick(family)
    let record = "\(number(5))-\(number(2))"
    let phone = "(\(number(3))) 555-\(number(4))"
    let ssn = "\(Int.random(in: 1...6, using: &random))\(number(2))-\(number(2))-\(number(4))"
    let day = "\(Int.random(in: 1...12, using: &random))/\(Int.random(in: 1...28, using: &random))"
    let year = Int.random(in: 1920...2020, using: &random)
    let age = Int.random(in: 90...104, using: &random)
    let street = "\(Int.random(in: 11...999, using: &random)) \(pick(streets))"
    let zip = number(5)
    let email = "\(first.first.map(String.init) ?? "x")\(number(4))@mail.example.org".lowercased()
    var lines = [
      "Patient: \(first) \(last)", "MRN: \(record)", "DOB: \(day)/\(year)", "Phone: \(phone)", "SSN: \(ssn)",
      "Address: \(street), Boston, MA \(zip)", "Email: \(email)", "Seen by Dr. \(last) on \(day)/2024.",
      "Her grandmother died at \(age).", "BP 128/74, HR 102, SpO2 98 % on air, strength 5/5.",
      "Levothyroxine 88 mcg daily; Parkinson disease since 2019.", "Ms. \(last) agrees. Follow up in 2 weeks.",
    ]
    lines.shuffle(using: &random)
    text = lines.joined(separator: Bool.random(using: &random) ? "\n" : "\r\n")
    planted = [record, phone, ssn, "\(day)/", street, email]
    if let place = lines.firstIndex(where: { $0.hasPrefix("Patient") }), place == 0 {
      planted.append("Patient: \(first)")
    }
  }
}
