import Ledger
import NIOCore
import NIOTLS

/// Records each TLS session of a client before anything that came through it is read.
///
/// A session that the log does not take is closed: what nobody can show afterwards does not happen.
final class TLSWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = Any
  typealias OutboundIn = Any

  /// What becomes of sessions: recorded, and whether that succeeded.
  typealias Record = @Sendable (TLSSession, ConfiguredName?) async -> Bool

  private let hello: HelloWatch
  private let metrics: SecurityMetrics
  private let record: Record
  private var held: [NIOAny]?
  private var isCounted = false
  private var wantsMore = false

  init(onlyApproved: Bool, _ metrics: SecurityMetrics, record: @escaping Record) {
    hello = HelloWatch(onlyApproved: onlyApproved)
    self.metrics = metrics
    self.record = record
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // Before the handler that speaks TLS, where the bytes are as they are on the wire.
    try? context.pipeline.syncOperations.addHandler(hello, position: .first)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted = event as? TLSUserEvent { completed(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if held == nil { context.fireChannelRead(data) } else { held?.append(data) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if held == nil { context.fireChannelReadComplete() }
  }

  // Nothing more is taken from the socket until the session is recorded.
  func read(context: ChannelHandlerContext) {
    if held == nil { context.read() } else { wantsMore = true }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if hello.session == nil, !isCounted { metrics.countRefusedHandshake() }
    isCounted = true
    context.fireErrorCaught(error)
  }

  private func completed(_ context: ChannelHandlerContext) {
    held = []
    guard let session = hello.session else { return context.close(promise: nil) }
    let client = context.remoteAddress?.ipAddress.flatMap { ConfiguredName($0) }
    context.eventLoop.makeFutureWithTask { [record] in await record(session, client) }
      .assumeIsolated().whenSuccess { [self] isRecorded in
        guard isRecorded else {
          metrics.countUnrecordedSession()
          return context.close(promise: nil)
        }
        release(context)
      }
  }
}

extension TLSWatch {
  /// Passes on what was held, in order, also what comes in meanwhile.
  private func release(_ context: ChannelHandlerContext) {
    var hadAny = false
    while let parts = held, !parts.isEmpty {
      held = []
      hadAny = true
      for part in parts { context.fireChannelRead(part) }
    }
    held = nil
    if hadAny { context.fireChannelReadComplete() }
    guard wantsMore else { return }
    wantsMore = false
    context.read()
  }
}

/// Sees what a TLS server sends first, and lets no session begin that the gateway does not agree to.
///
/// The cipher suites of TLS 1.3 cannot be configured in the library: where only approved ones may be used, a server that
/// chose another is stopped before its answer has left.
final class HelloWatch: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A fatal `handshake_failure` (RFC 8446, section 6).
  private static let failure: [UInt8] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]

  /// What was agreed.
  private(set) var session: TLSSession?
  private let onlyApproved: Bool
  private var hello: ServerHello? = ServerHello()
  private var isRefused = false

  init(onlyApproved: Bool) { self.onlyApproved = onlyApproved }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isRefused else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    guard hello != nil else { return context.write(data, promise: promise) }
    switch hello?.receive(unwrapOutboundIn(data).readableBytesView) {
    case .session(let found) where isAllowed(found):
      session = found
      hello = nil
    case .session, .unknownVersion: return refuse(context, promise)
    case .unfinished: break
    case .none?, nil: hello = nil
    }
    context.write(data, promise: promise)
  }

  private func isAllowed(_ session: TLSSession) -> Bool {
    guard let suite = session.suite, suite.isPinned else { return false }
    return !onlyApproved || suite.isApproved
  }

  private func refuse(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    isRefused = true
    let alert = context.channel.allocator.buffer(bytes: Self.failure)
    context.writeAndFlush(wrapOutboundOut(alert), promise: nil)
    promise?.fail(ChannelError.ioOnClosedChannel)
    context.close(promise: nil)
  }
}
