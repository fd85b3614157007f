import ArgumentParser
import Deidentification
import PHI

/// The project whose secret is used, and the plan that an expert made for it.
struct DeidProjectOptions: ParsableArguments {
  @Option(help: "The plan of an expert's determination, as YAML: determination, expires and methods by kind.")
  var plan: String?

  @Option(help: "The project whose codes, surrogates and shifts are used; each project has its own.")
  var project: String?

  @Option(help: "The file with the secret of at least 32 bytes, as they are or in hexadecimal.")
  var keyFile: String?

  /// The keys of the project and, if one is named, of a patient in it, with a book of random codes.
  func keys(of patient: String?, codebook: Codebook) throws -> ProfileKeys {
    switch (project, keyFile) {
    case (nil, nil): return ProfileKeys(codebook: codebook)
    case (let project?, let keyFile?):
      let key = try DeidKeyFile.key(of: project, contentsOf: keyFile)
      return ProfileKeys(project: key, patient: patient.map(key.patient), codebook: codebook)
    case (_, nil): throw UsageFailure("a project needs its secret", help: "name the file with `--key-file`")
    case (nil, _): throw UsageFailure("a secret belongs to a project", help: "name the project with `--project`")
    }
  }

  /// The profile of the plan.
  func expert(of patient: String?, codebook: Codebook, asOf reference: CalendarDate) throws -> Profile {
    guard let plan else {
      throw UsageFailure("the profile `expert` needs the plan of a determination", help: "name it with `--plan FILE`")
    }
    let read = try DeidPlan(contentsOf: plan)
    // Ages may be reckoned as of a day in the past; a determination holds or not on the day it is used.
    guard try CalendarDate.named(nil) <= read.determination.expires else {
      throw UsageFailure(
        "refused: the determination held until \(read.determination.expires) (45 CFR 164.514(b)(1))",
        help: "have it renewed, or use the profile `\(Profile.Name.safeHarbor.rawValue)`")
    }
    let keys = try keys(of: patient, codebook: codebook)
    return try Profile.expert(read.determination, read.methods, keys: keys, asOf: reference).accepted()
  }
}
