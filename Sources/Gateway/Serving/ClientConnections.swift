import NIOCore
import Synchronization

/// The connections of clients, and what to stop when one of them closes.
///
/// Hummingbird does not tell a running request that its client has gone; a vendor would go on answering nobody.
final class ClientConnections: Sendable {
  private let running = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

  /// Calls `stop` if the connection closes before `finished` is called for it; at once if it is closed already.
  func during(_ channel: any Channel, onClose stop: @escaping @Sendable () -> Void) {
    running.withLock { $0[ObjectIdentifier(channel)] = stop }
    if !channel.isActive { closed(channel) }
  }

  /// Says that nothing runs for this connection any more.
  func finished(_ channel: any Channel) {
    running.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  /// Says that the connection has closed.
  func closed(_ channel: any Channel) {
    running.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }?()
  }
}

/// Tells `ClientConnections` when its connection closes, or when its client has said that it sends no more: Hummingbird
/// leaves such a connection half open while it owes an answer, and a client that has gone looks like that.
final class ClosingWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let connections: ClientConnections

  init(_ connections: ClientConnections) { self.connections = connections }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { connections.closed(context.channel) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    connections.closed(context.channel)
    context.fireChannelInactive()
  }
}
