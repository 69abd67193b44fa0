import Denoising
import Sweeps

extension Trial {
  /// The experiment of a training trial.
  var experiment: Experiment {
    guard case .training(let experiment) = study else { preconditionFailure("a trial of another study") }
    return experiment
  }
}
