import Ciphers
import Deidentification
import PHI
import TestKit
import Testing

/// The key of a project, from a secret that is 32 times `byte`.
func project(_ name: String = "asthma", secret byte: UInt8 = 7) throws -> ProjectKey {
  var bytes = [UInt8](repeating: byte, count: 32)
  return try ProjectKey(SecretBytes(taking: &bytes), project: name)
}

/// The keys of a patient in a project.
func keys(_ patient: String = "p1", in name: String = "asthma", secret byte: UInt8 = 7) throws -> ProfileKeys {
  let project = try project(name, secret: byte)
  return ProfileKeys(
    project: project, patient: project.patient(patient), codebook: Codebook(using: SeededGenerator(seed: 5)))
}

/// The profile of an amendment; the refusal is an issue.
func accepted(_ amendment: Profile.Amendment, sourceLocation: SourceLocation = #_sourceLocation) throws -> Profile {
  switch amendment {
  case .accepted(let profile): return profile
  case .refused(let refusal):
    Issue.record("refused: \(refusal.rule): \(refusal.reason)", sourceLocation: sourceLocation)
    throw Refused()
  }
}

/// The refusal of an amendment; nil when it was accepted.
func refusal(_ amendment: Profile.Amendment) -> ProfileRefusal? {
  if case .refused(let refusal) = amendment { refusal } else { nil }
}

struct Refused: Error {}

/// An expert's profile with one method for some kinds.
func expert(_ methods: [Identifier: Deidentification.Method], keys: ProfileKeys? = nil) throws -> Profile {
  let expires = try #require(CalendarDate("2027-12-31"))
  return try accepted(Profile.expert(ExpertDetermination("ED-1", expires: expires), methods, keys: keys, asOf: today))
}
