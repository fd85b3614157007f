/// Every detector that Cordon ships, in the order they run.
package func standardDetectors(keeping carveOuts: CarveOuts) -> [any Detector] {
  [
    // Structured identifiers.
    EmailAddress()
    // Names, places and organisations.
  ]
}
