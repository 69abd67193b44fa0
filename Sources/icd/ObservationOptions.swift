import ArgumentParser
import Scheduling
import Sweeps

/// How a running coordinator can be looked at.
struct ObservationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Serve metrics for Prometheus at this address, for example 127.0.0.1:9464.",
      discussion: "Read only and unencrypted: give a loopback address, unless the network is trusted.",
      valueName: "address"))
  var metrics: String?

  /// Puts the options into a configuration.
  func apply(to configuration: inout CoordinatorConfiguration, _ plan: SweepPlan) {
    configuration.metrics = metrics
    configuration.describe = { plan.summary(of: plan.trials[$0]) }
  }
}
