import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client takes too long to send a request (slow loris, a hung client).
///
/// The time runs from the request's head to its end; waiting between requests is bounded by the idle time-out.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private let allowed: TimeAmount
  private var alarm: Scheduled<Void>?

  init(seconds: Int) { allowed = .seconds(Int64(seconds)) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      alarm?.cancel()
      let channel = context.channel
      alarm = context.eventLoop.scheduleTask(in: allowed) { channel.close(promise: nil) }
    case .body: break
    case .end: cancel()
    }
    context.fireChannelRead(data)
  }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  private func cancel() {
    alarm?.cancel()
    alarm = nil
  }
}
