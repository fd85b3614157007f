/// What keyed methods and random codes work with.
package struct ProfileKeys: Sendable {
  /// The key of the project; nil without a project.
  package let project: ProjectKey?
  /// The key of the patient; nil when it is not known whose documents they are.
  package let patient: PatientKey?
  /// The book of random codes; nil when none are to be drawn.
  package let codebook: Codebook?

  /// The key of a project and, for methods that treat each patient alike, of a patient in it; a book for random codes.
  package init(project: ProjectKey? = nil, patient: PatientKey? = nil, codebook: Codebook? = nil) {
    self.project = project
    self.patient = patient
    self.codebook = codebook
  }
}
