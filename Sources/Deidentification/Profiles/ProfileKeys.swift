/// The keys that keyed methods work with: those of a project, and those of the patient whose documents they are.
package struct ProfileKeys: Sendable {
  /// The key of the project.
  package let project: ProjectKey
  /// The key of the patient; nil when it is not known whose documents they are.
  package let patient: PatientKey?

  /// The keys of one project and, for methods that treat each patient alike, of one patient in it.
  package init(project: ProjectKey, patient: PatientKey? = nil) {
    self.project = project
    self.patient = patient
  }
}
