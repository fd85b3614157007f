import Gateway
import Ledger
import PHI
import TestKit
import Testing

struct AdmissionTests {
  /// A change to the sample configuration or the request, and the rule that refuses it.
  struct Trip: CustomTestStringConvertible {
    var rule: Refusal.Rule
    var change: @Sendable (inout Configuration) -> Void = { _ in }
    var useCase: String?
    var model = "gpt-4o-mini"
    var today = "2026-06-01"

    var testDescription: String { rule.rawValue }
  }

  static let trips = [
    Trip(rule: .noAgreement, change: { $0.vendors[0].agreement = nil }),
    Trip(rule: .agreementNotInForce, today: "2027-01-02"),
    Trip(rule: .agreementNotInForce, today: "2025-12-31"),
    Trip(rule: .trainingNotProhibited, change: { $0.vendors[0].agreement?.prohibitsTraining = false }),
    Trip(rule: .regionNotApproved, change: { $0.approvedRegions = [] }),
    Trip(rule: .regionNotApproved, change: { $0.vendors[0].region = nil }),
    Trip(rule: .modelNotAllowed, model: "gpt-4o"),
    Trip(rule: .useCaseNotGranted, useCase: "research"),
    Trip(rule: .useCaseNotGranted, useCase: "a name with spaces"),
  ]

  @Test(arguments: trips)
  func `refuses by the rule that is tripped`(_ trip: Trip) throws {
    var configuration = try Configuration(yaml: SampleConfiguration.yaml)
    trip.change(&configuration)
    let decision = Admission(configuration).decide(
      caller: configuration.callers[0], requesting: trip.useCase, model: try #require(ModelName(trip.model)),
      on: try #require(CalendarDate(trip.today)))
    guard case .refused(let refusal, _, _) = decision else {
      Issue.record("was allowed")
      return
    }
    #expect(refusal.rule == trip.rule)
    #expect(refusal.message.contains("`\(trip.rule.rawValue)`"))
  }

  @Test(arguments: ["2026-01-01", "2026-06-01", "2027-01-01"])
  func `allows a request on every day of the agreement`(_ day: String) throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml)
    let decision = Admission(configuration).decide(
      caller: configuration.callers[0], requesting: nil, model: try #require(ModelName("gpt-4o-mini")),
      on: try #require(CalendarDate(day)))
    guard case .allowed(let route) = decision else {
      Issue.record("was refused")
      return
    }
    #expect(route.vendor.id.name == "mock")
    #expect(route.useCase.id.name == "summarize")
  }

  @Test func `needs no agreement for the model inside the process`() throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml)
    let decision = Admission(configuration).decide(
      caller: configuration.callers[1], requesting: nil, model: try #require(ModelName("loopback")),
      on: try #require(CalendarDate("2026-06-01")))
    guard case .allowed = decision else {
      Issue.record("was refused")
      return
    }
  }

  @Test func `lists each model of a caller once`() throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml)
    let admission = Admission(configuration)
    #expect(admission.models(for: configuration.callers[0]).map(\.model.description) == ["gpt-4o-mini", "loopback"])
    #expect(admission.models(for: configuration.callers[1]).map(\.model.description) == ["loopback"])
  }
}
