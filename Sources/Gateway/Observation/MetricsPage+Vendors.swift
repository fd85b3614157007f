extension MetricsPage {
  /// Adds what is known of each vendor of the configuration.
  mutating func vendors(
    _ sights: [(vendor: ConfiguredID<Vendor>, sight: VendorLine.Sight)],
    _ attempts: [String: [Metrics.AttemptOutcome: Int]]
  ) {
    family("cordon_vendor_attempts_total", .counter, "Tries at vendors, by what came of them.") { family in
      for vendor in sights.map(\.vendor.name) {
        for outcome in Metrics.AttemptOutcome.allCases {
          family.sample([("vendor", vendor), ("outcome", outcome.rawValue)], attempts[vendor]?[outcome] ?? 0)
        }
      }
    }
    family("cordon_vendor_circuit", .gauge, "1 for the phase that a vendor's circuit breaker is in.") { family in
      for (vendor, sight) in sights {
        for phase in CircuitBreaker.Phase.allCases {
          family.sample([("vendor", vendor.name), ("phase", phase.rawValue)], phase == sight.phase ? 1 : 0)
        }
      }
    }
    family("cordon_vendor_requests", .gauge, "Requests at a vendor, or waiting for their turn there.") { family in
      for (vendor, sight) in sights {
        family.sample([("vendor", vendor.name), ("state", "at_work")], sight.atWork.values.reduce(0, +))
        family.sample([("vendor", vendor.name), ("state", "waiting")], sight.waiting.values.reduce(0, +))
      }
    }
    family(
      "cordon_vendor_overtaken_total", .counter,
      "Turns at a vendor of requests that nobody waits for, while one that somebody waits for had none."
    ) { family in
      for (vendor, sight) in sights { family.sample([("vendor", vendor.name)], sight.overtaken) }
    }
    family("cordon_vendor_priority_requests", .gauge, "The same by priority.") { family in
      for (vendor, sight) in sights {
        for priority in Priority.allCases {
          for (state, counts) in [("at_work", sight.atWork), ("waiting", sight.waiting)] {
            family.sample(
              [("vendor", vendor.name), ("priority", priority.rawValue), ("state", state)], counts[priority] ?? 0)
          }
        }
      }
    }
  }
}
