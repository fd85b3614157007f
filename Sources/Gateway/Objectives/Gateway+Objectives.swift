import Ledger

extension Gateway {
  private var objectivesFile: String { "\(dataDirectory)/objectives" }

  /// Notices which error budgets are used up too fast; the alert is raised with the others.
  package func watchObjectives() {
    for (objective, pace) in objectives.burning(configuration.objectives, at: clock.wall()) {
      keyUse.noticed(Alert(burning: objective, pace), at: clock.wall())
    }
  }

  /// Writes what was counted for the objectives into its file, if it is time or the gateway ends.
  func keepObjectives(atEnd: Bool = false) {
    let kept = objectives.kept(configuration.objectives, at: clock.wall(), atEnd: atEnd)
    guard let kept else { return }
    do {
      try SmallFile.replace(objectivesFile, with: kept)
    } catch {
      // The disk is full: the next round tries again.
      objectives.keepAgain()
    }
  }

  /// Takes what was counted before a restart.
  func takeKeptObjectives() {
    guard !configuration.objectives.isEmpty, let content = try? SmallFile.content(at: objectivesFile) else { return }
    objectives.take(content, for: configuration.objectives, at: clock.wall())
  }
}
