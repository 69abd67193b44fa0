/// Which attention layer is trained.
public struct AttentionConfiguration: Sendable, Hashable {
  /// How the scores become weights on the context.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Eq 11: x̂ = W_PV (X Xᵀ / L) W_KQ x̃.
    case linear
    /// Eq 12: x̂ = W_PV X softmax(Xᵀ W_KQ x̃), with no 1/√n.
    case softmax
    /// Eq 14: softmax over −½‖W_K X_t − W_Q x̃‖², with W_K and W_Q apart.
    case gaussian
  }

  /// What of the weight matrices is learnt.
  public enum Parameterization: String, Sendable, Hashable, CaseIterable {
    /// Every entry of every n × n matrix.
    case full
    /// One scale for each matrix, which is that scale times the identity.
    case scaledIdentity = "scaled_identity"
  }

  /// How the scores become weights on the context.
  public var kind: Kind
  /// What of the weight matrices is learnt.
  public var parameterization: Parameterization
  /// Whether the query is added to the output: x̂ = x̃ + attention.
  public var hasResidual: Bool

  /// An attention layer.
  public init(kind: Kind, parameterization: Parameterization = .full, hasResidual: Bool = false) {
    self.kind = kind
    self.parameterization = parameterization
    self.hasResidual = hasResidual
  }
}
