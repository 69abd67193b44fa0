import CZeroMQ

extension Socket {
  /// Sets every option before the socket is bound or connected: zmq_setsockopt(3) has no effect on open connections.
  func apply(_ options: SocketOptions, to kind: Kind) throws {
    try set(ZMQ_LINGER, options.lingerMilliseconds)
    try set(ZMQ_MAXMSGSIZE, options.frameBytesMax)
    try set(ZMQ_HANDSHAKE_IVL, options.handshakeMilliseconds)
    try set(ZMQ_BACKLOG, SocketOptions.backlog)
    try set(ZMQ_SNDHWM, options.queueLengthMax)
    try set(ZMQ_RCVHWM, options.queueLengthMax)
    try set(ZMQ_RECONNECT_IVL, SocketOptions.reconnectInterval)
    try set(ZMQ_RECONNECT_IVL_MAX, SocketOptions.reconnectIntervalMax)
    try set(ZMQ_TCP_KEEPALIVE, Int32(1))
    try set(ZMQ_TCP_KEEPALIVE_IDLE, SocketOptions.keepaliveIdle)
    try set(ZMQ_TCP_KEEPALIVE_INTVL, SocketOptions.keepaliveInterval)
    try set(ZMQ_TCP_KEEPALIVE_CNT, SocketOptions.keepaliveCount)
    if kind == .router || kind == .dealer {
      try set(ZMQ_HEARTBEAT_IVL, SocketOptions.pingInterval)
      try set(ZMQ_HEARTBEAT_TIMEOUT, SocketOptions.pingTimeout)
    }
    // Without it, a message to an unknown peer vanishes without a word.
    if kind == .router { try set(ZMQ_ROUTER_MANDATORY, Int32(1)) }
    try apply(options.security)
  }

  /// Lets the socket use IPv6 if the endpoint is written as such an address. It is not on for names: libzmq takes the
  /// first address of a name only, and it would have to be the right one.
  func allowIPv6(for endpoint: String) throws { try set(ZMQ_IPV6, Int32(endpoint.contains("[") ? 1 : 0)) }

  private func apply(_ security: SocketOptions.Security) throws {
    switch security {
    case .none: return
    case .curveServer(let keys):
      try set(ZMQ_CURVE_SERVER, Int32(1))
      try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
      try set(ZMQ_ZAP_DOMAIN, SocketOptions.domain)
    case .curveClient(let keys, let server):
      try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.text)
      try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
      try set(ZMQ_CURVE_SERVERKEY, server.text)
    }
  }

  private func set(_ option: Int32, _ value: some FixedWidthInteger) throws {
    let status = withUnsafeBytes(of: value) { zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
    guard status == 0 else { throw ZeroMQError.last("zmq_setsockopt(\(option))") }
  }

  private func set(_ option: Int32, _ value: String) throws {
    guard zmq_setsockopt(handle, option, value, value.utf8.count) == 0 else {
      throw ZeroMQError.last("zmq_setsockopt(\(option))")
    }
  }

  /// The endpoint of the last `bind`, wildcards resolved.
  func lastEndpoint() throws -> String {
    /// Longer than any endpoint: a socket path has at most 108 bytes, a host name 255.
    var buffer = [UInt8](repeating: 0, count: 1_024)
    var size = buffer.count
    guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else {
      throw ZeroMQError.last("zmq_getsockopt(ZMQ_LAST_ENDPOINT)")
    }
    // The size counts the closing zero.
    return String(decoding: buffer.prefix(max(size - 1, 0)), as: UTF8.self)
  }
}
