/// What a peer of the coordinator may do; its key says which it is.
public enum PeerRole: String, Sendable, Hashable, Codable, CaseIterable {
  /// Executes trials, and may ask for the status.
  case worker
  /// May ask for the status, and for nothing else.
  case status
}
