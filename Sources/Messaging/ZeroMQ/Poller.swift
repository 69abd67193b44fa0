import CZeroMQ

/// Waits on sockets and file descriptors together, never longer than it is told to.
public struct Poller {
  private var items: [zmq_pollitem_t]
  /// Keeps the sockets open as long as they are polled.
  private let sockets: [Socket]

  /// What is waited for: a message on one of the sockets, bytes or the end of file on one of the descriptors.
  public init(sockets: [Socket], descriptors: [Int32] = []) {
    self.sockets = sockets
    let events = Int16(ZMQ_POLLIN)
    items = sockets.map { zmq_pollitem_t(socket: $0.handle, fd: 0, events: events, revents: 0) }
    items += descriptors.map { zmq_pollitem_t(socket: nil, fd: $0, events: events, revents: 0) }
  }

  /// Waits and returns what is ready, as positions in the sockets and, after them, in the descriptors; empty at the
  /// timeout or after a signal. Throws a ``ZeroMQError``.
  public mutating func wait(milliseconds: Int) throws -> [Int] {
    let count = zmq_poll(&items, Int32(items.count), max(0, milliseconds))
    if count < 0 {
      // A signal is the normal way in which a wait ends early.
      guard zmq_errno() == EINTR else { throw ZeroMQError.last("zmq_poll") }
      return []
    }
    return items.indices.filter { items[$0].revents != 0 }
  }
}
