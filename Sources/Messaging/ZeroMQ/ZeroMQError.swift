import CZeroMQ

/// A call of libzmq that failed.
public struct ZeroMQError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried.
  public var operation: String
  /// The error number, of the system or of libzmq.
  public var code: Int32

  /// The error of the call that just failed on this thread.
  static func last(_ operation: String) -> ZeroMQError { ZeroMQError(operation: operation, code: zmq_errno()) }

  /// A sentence for the user.
  public var description: String { "\(operation): \(String(cString: zmq_strerror(code)))" }
}
