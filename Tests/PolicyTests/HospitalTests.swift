import Foundation
import Policy
import TestKit
import Testing

struct HospitalTests {
  private let hospital: Hospital
  private let authorizer: Authorizer

  init() throws {
    hospital = try Hospital()
    authorizer = try Authorizer(hospital.policies)
  }

  @Test func `the policies fit the schema`() throws {
    #expect(try Validator(hospital.schema).faults(in: hospital.policies) == [])
  }

  @Test(.proves("ACC-02", "ENC-17"))
  func `role by action by class by purpose is as recorded`() throws {
    let table = try decisionTable()
    let path = "Tests/PolicyTests/Snapshots/hospital.txt"
    if ProcessInfo.processInfo.environment["CORDON_RECORD_SNAPSHOTS"] != nil {
      try Data(table.utf8).write(to: SourceTree.root.appending(path: path))
    }
    #expect(try SourceTree.text(path) == table)
  }

  @Test(
    .proves("ACC-05"),
    arguments: [
      Flip("purpose", "clinician-asks-for-treatment", "[\"TREAT\", \"ETREAT\"].contains(context.purpose)") {
        $0.context["purpose"] = .string("HRESCH")
      },
      Flip("classes", "clinician-asks-for-treatment", "].containsAll(context.classes)") {
        $0.context["classes"] = .set([.entity(uid("DataClass::contact"))])
      },
      Flip("role", "clinician-asks-for-treatment", "principal in Role::\"clinician\"") {
        $0.principal = uid("Person::auditor")
      },
      Flip("device", "unmanaged-device", "!(context.circumstances.managedDevice") {
        $0.setCircumstance("managedDevice", .bool(false))
      },
      Flip("consent", "substance-use-without-consent", "context.classes.contains(DataClass::\"substance-use\")") {
        $0.context["classes"] = .set([.entity(uid("DataClass::substance-use"))])
      },
      Flip("restriction", "restricted-by-patient", "context.restricted") { $0.context["restricted"] = .bool(true) },
      Flip("sensitivity", "very-restricted-to-a-model", "context.confidentiality == \"V\"") {
        $0.context["confidentiality"] = .string("V")
      },
      Flip("agreement", "vendor-without-agreement", "resource.model.vendor.agreement") {
        $0.resource = uid("Route::no-agreement")
      },
      Flip("region", "vendor-outside-the-country", "resource.model.vendor.region like") {
        $0.resource = uid("Route::abroad")
      },
      Flip("training", "vendor-that-trains-on-input", "resource.model.vendor.trainsOnInput") {
        $0.resource = uid("Route::trains")
      },
    ])
  func `changing one attribute turns the decision, and the explanation names it`(_ flip: Flip) throws {
    try expect(
      flip, to: hospital.request("clinician", "ask", "notes", purpose: "TREAT"), "clinician-asks-for-treatment")
  }

  @Test(arguments: [
    Flip("purpose", "clinician-uses-tools", "[\"TREAT\", \"ETREAT\"].contains(context.purpose)") {
      $0.context["purpose"] = .string("HOPERAT")
    },
    Flip("classes", "clinician-uses-tools", "].containsAll(context.classes)") {
      $0.context["classes"] = .set([.entity(uid("DataClass::billing"))])
    },
    Flip("sensitivity", "very-restricted-to-a-tool", "context.confidentiality == \"V\"") {
      $0.context["confidentiality"] = .string("V")
    },
    Flip("agreement", "tool-without-agreement", "resource.vendor.agreement") {
      $0.resource = uid("Tool::no-agreement")
    },
    Flip("agreement of the server", "tool-without-agreement", "resource.agreement") {
      $0.resource = uid("Vendor::no-agreement")
    },
    Flip("region", "tool-outside-the-country", "resource.vendor.region like") { $0.resource = uid("Tool::abroad") },
    Flip("region of the server", "tool-outside-the-country", "resource.region like") {
      $0.resource = uid("Vendor::abroad")
    },
    Flip("training", "tool-that-trains-on-input", "resource.vendor.trainsOnInput") {
      $0.resource = uid("Tool::trains")
    },
    Flip("training of the server", "tool-that-trains-on-input", "resource.trainsOnInput") {
      $0.resource = uid("Vendor::trains")
    },
  ])
  func `what a tool is told has the limits of what a model is told`(_ flip: Flip) throws {
    try expect(flip, to: hospital.request("clinician", "use-tool", "notes", purpose: "TREAT"), "clinician-uses-tools")
  }

  /// Expects that a request is allowed by one policy, and not when it is changed.
  private func expect(_ flip: Flip, to request: AccessRequest, _ permit: Text) throws {
    #expect(authorizer.decide(request, hospital.entities) == Decision(.allow, reasons: [permit]))
    var changed = request
    flip.change(&changed)
    try hospital.schema.check(changed)
    let explanation = authorizer.explain(changed, hospital.entities, nearest: 100)
    #expect(!explanation.decision.isAllowed)
    let tests =
      explanation.grounds.filter { $0.policy == flip.policy }.flatMap(\.tests)
      + explanation.nearMisses.filter { $0.policy == flip.policy }.map(\.firstFailure)
    #expect(tests.contains { $0.text.contains(flip.part) })
  }

  @Test(arguments: [
    ("system-administrator", "clinician", "keys-and-data"), ("clinician", "system-administrator", "keys-and-data"),
    ("auditor", "reviewer", "auditor-and-anything"), ("security-engineer", "auditor", "auditor-and-anything"),
    ("reviewer", "clinician", "reviewer-and-asker"), ("data-scientist", "reviewer", "reviewer-and-asker"),
  ])
  func `roles that conflict are not granted together`(_ held: String, _ granted: String, _ rule: Text) {
    let request = hospital.grant(granted, to: held, by: "security-engineer")
    let decision = authorizer.decide(request, hospital.entities)
    #expect(decision.effect == .deny)
    #expect(decision.reasons.contains(rule))
  }

  @Test func `a role that conflicts with none is granted, but not to oneself`() {
    let granted = hospital.grant("data-scientist", to: "clinician", by: "security-engineer")
    #expect(authorizer.decide(granted, hospital.entities) == Decision(.allow, reasons: ["role-is-granted"]))
    let own = hospital.grant("privacy-officer", to: "security-engineer", by: "security-engineer")
    #expect(authorizer.decide(own, hospital.entities) == Decision(.deny, reasons: ["own-role"]))
  }

  private func decisionTable() throws -> String {
    let purposes = ["TREAT", "ETREAT", "HPAYMT", "HOPERAT", "HQUALIMP", "HRESCH", "PUBHLTH", "PATRQT"]
    var lines = [
      "Decisions of Sources/EmbeddedPolicies/hospital.cedar, with second factor and managed device, at a vendor with an agreement;\na data set holds just the one class.",
      "+ allowed   . nothing permits it   x forbidden", "",
    ]
    for role in hospital.roles {
      for action in [
        "ask", "use-tool", "see-identifiers", "see-identifiers of a tool", "read", "train", "export",
        "read-conversation",
        "review",
      ] {
        lines.append(
          "\(role): \(action)".padding(toLength: 68, withPad: " ", startingAt: 0) + purposes.joined(separator: " "))
        var rows: [(classes: [String], marks: String)] = []
        for dataClass in hospital.classes + ["substance-use with consent", "psychotherapy with authorization"] {
          let marks = try purposes.map { purpose in
            let request = hospital.request(role, action, dataClass, purpose: Text(purpose))
            try hospital.schema.check(request)
            let decision = authorizer.decide(request, hospital.entities)
            #expect(decision.failures == [])
            return (decision.isAllowed ? "+" : decision.reasons.isEmpty ? "." : "x")
              .padding(toLength: purpose.count, withPad: " ", startingAt: 0)
          }.joined(separator: " ")
          if rows.last?.marks == marks {
            rows[rows.count - 1].classes.append(dataClass)
          } else {
            rows.append(([dataClass], marks))
          }
        }
        for row in rows {
          let names =
            row.classes.count > 3
            ? "\(row.classes[0]) … \(row.classes[row.classes.count - 1]) (\(row.classes.count))"
            : row.classes.joined(separator: ", ")
          let line = "  \(names)".padding(toLength: 68, withPad: " ", startingAt: 0) + row.marks
          lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }
}

/// A change of one attribute of a request that is allowed, and the policy and part of it that this turns on.
struct Flip: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let policy: Text
  let part: String
  let change: @Sendable (inout AccessRequest) -> Void

  init(_ name: String, _ policy: Text, _ part: String, _ change: @escaping @Sendable (inout AccessRequest) -> Void) {
    testDescription = name
    self.policy = policy
    self.part = part
    self.change = change
  }
}

extension AccessRequest {
  mutating func setCircumstance(_ name: Text, _ value: Value) {
    guard case .record(var circumstances)? = context["circumstances"] else { return }
    circumstances[name] = value
    context["circumstances"] = .record(circumstances)
  }
}
