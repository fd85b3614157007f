import Gateway
import Testing

/// Which references are spellings of one.
struct PatientSpellingTests {
  @Test(arguments: [
    ("Patient/4711", "Patient/4711"), ("Patient/4711/", "Patient/4711"), ("Patient/4711/_history/2", "Patient/4711"),
    ("Patient/4711/_history/2/", "Patient/4711"), ("P%61tient/47%31%31", "Patient/4711"),
    ("Patient/a%2Db%2ec", "Patient/a-b.c"),
    ("HTTPS://Fhir.Example:443/R4/Patient/4711/", "https://fhir.example/R4/Patient/4711"),
    ("http://fhir.example:80/Patient/4711/_history/9", "http://fhir.example/Patient/4711"),
    ("http://fhir.example:8080/Patient/4711", "http://fhir.example:8080/Patient/4711"),
    ("https://fhir.example/Patient/4711", "https://fhir.example/Patient/4711"),
  ])
  func `has a plainest`(_ reference: String, _ plain: String) {
    #expect(PatientSpelling.plain(reference) == plain)
    #expect(PatientSpelling.plain(plain) == plain)
    #expect(PatientSpelling.all(of: reference) == (reference == plain ? [plain] : [reference, plain]))
  }

  @Test(arguments: [
    // What is no reference of FHIR's, or means something else than what it looks like.
    "4711", "4711/", "patient/4711/", "Patient", "Patient/", "/Patient/4711", "Patient//4711", "MRN 4711/2/",
    "http://hospital.example/mrn|4711/", "urn:oid:1.2.3/", "Patient/4711?x=1/", "Patient/4711#a/", "#p1",
    "Patient%2F4711", "Patient/47_11/", "https://a@fhir.example/Patient/4711/", "https:///Patient/4711/",
    "ftp://fhir.example/Patient/4711/", "https://fhir.example/../Patient/4711/", "R4/Patient/4711/", "_history/2",
    "Patient/_history/2", "Müller/4711/",
  ])
  func `leaves what is no reference`(_ reference: String) {
    #expect(PatientSpelling.plain(reference) == reference)
    #expect(PatientSpelling.all(of: reference) == [reference])
  }

  @Test func `the letter case of a type and an id tells two apart`() {
    let server = "https://fhir.example"
    let all = ["Patient/a", "Patient/A", "PATIENT/a", "\(server)/R4/Patient/a", "\(server)/r4/Patient/a"]
    #expect(Set(all.map(PatientSpelling.plain)).count == all.count)
  }
}
