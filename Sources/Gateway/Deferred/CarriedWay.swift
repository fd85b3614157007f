import Deidentification
import Synchronization

/// The way that a call went to its answer, for whoever keeps that.
final class CarriedWay: Sendable {
  /// Whether it has waited for so long that it goes like one that somebody waits for.
  let isAged: Bool
  private let state = Mutex<(way: DeferredAnswer.Way, parties: RequestParties)?>(nil)

  init(isAged: Bool) { self.isAged = isAged }

  /// The way; nil while nobody has answered.
  var taken: DeferredAnswer.Way? { state.withLock { $0?.way } }

  /// Whom the request was about, by all that it says.
  var parties: RequestParties? { state.withLock { $0?.parties } }

  /// Notes it.
  func note(_ route: Admission.Route, about parties: RequestParties) {
    let way = DeferredAnswer.Way(
      operation: route.operation, vendor: route.vendor.id.name, model: route.model, held: route.held,
      shown: route.useCase.restores, showsOthers: route.useCase.novelty == .pass)
    state.withLock { $0 = (way, parties) }
  }
}
