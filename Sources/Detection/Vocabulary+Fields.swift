extension Vocabulary {
  /// The names of fields, and the words between a name and its value.
  mutating func learnFields() {
    learn("no nr num number id is was of the as code", .connector)
    learn("mrn mr chart", field: .medicalRecord)
    learn("email mail", field: .email)
  }
}
