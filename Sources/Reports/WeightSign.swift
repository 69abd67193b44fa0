package import Denoising

extension AttentionConfiguration {
  /// Whether weights (−W_PV, −W_KQ) have the same expected loss on a task as (W_PV, W_KQ).
  ///
  /// For linear attention they are the same map, which depends on the products of their entries alone. For softmax and
  /// Gaussian attention they do to the context X what the old weights do to −X, which is as likely as X where the
  /// tokens of a prompt are symmetric about the origin and independent of the query given the subspace: the linear task
  /// and the sphere, also behind a linear transform. Around the centres of a mixture they are not. (For Gaussian
  /// attention −W_KQ is −W_Q with W_K kept.) A residual adds the query, which no flip touches.
  package func isSignFree(on task: TaskConfiguration) -> Bool {
    switch (kind, task.family) {
    case (.linear, _), (_, .linearSubspace), (_, .sphere): true
    case (.softmax, .gaussianMixture), (.gaussian, .gaussianMixture): false
    }
  }
}
