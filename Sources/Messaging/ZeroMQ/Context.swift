import CZeroMQ

/// The I/O threads of libzmq. Every socket keeps its context alive, so it ends after the last of them.
///
/// A process must not fork once a context exists; children are started by `posix_spawn`.
public final class Context: Sendable {
  /// Sockets of a process: one ROUTER, ZAP, monitors and what tests open. Connections are no sockets.
  static let socketsMax: Int32 = 16_384

  // zmq_ctx_new(3): a context may be used by any thread.
  nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// A context with one I/O thread; throws a ``ZeroMQError``.
  public init() throws {
    guard let handle = zmq_ctx_new() else { throw ZeroMQError.last("zmq_ctx_new") }
    zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Self.socketsMax)
    self.handle = handle
  }

  deinit {
    // zmq_ctx_term(3) waits until every closed socket has sent its last messages, at most `lingerMax`; a signal
    // interrupts it.
    while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
  }
}
