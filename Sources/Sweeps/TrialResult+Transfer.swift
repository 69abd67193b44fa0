public import Denoising

extension TrialResult {
  /// The numbers and weights of a transfer, under the names that tables and figures look for: `train_loss` is that of the
  /// training prompts, `transfer_loss` and the baselines `NAME_loss_test` those of the prompts on which the layer is used.
  public init(_ outcome: TransferOutcome) {
    let final = outcome.final
    self.init(
      metrics: [
        Metric(name: "train_loss", value: final.loss.train), Metric(name: "transfer_loss", value: final.loss.test),
        Metric(name: "alpha", value: final.valueScale), Metric(name: "beta", value: final.keyQueryScale),
        Metric(name: "alpha_beta", value: final.valueScale * final.keyQueryScale),
      ] + Self.metrics(of: outcome.baselines), curves: [], arrays: Self.arrays(outcome.weights, prefix: "final_"))
  }
}
