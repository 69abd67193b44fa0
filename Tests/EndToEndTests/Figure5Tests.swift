import Foundation
import Testing

/// Figure 5 from `examples/paper/figure-5.yaml`, run by the real program.
@Suite struct Figure5Tests {
  /// Iterating to a fixed point is worse than one step in mean loss, over 30 000 queries in each cell, by the factors that
  /// NumPy finds with code and random numbers of its own over 10⁴ queries (standard errors 0.06, 0.07, 0.003, 0.003).
  @Test func iterationIsWorseThanOneStep() throws {
    let scratch = try Scratch()
    let sweep = "\(Program.root)/examples/paper/figure-5.yaml"
    let run = try Program.run(["run", sweep, "--output", "out"], in: scratch, deadline: 600)
    #expect(run.status == 0, "\(run.standardError)")
    let rows = try PaperTests.table("retrieval", "out", scratch).rows
    let expected = [
      (20.0, 0.1, 3.490, 0.059), (30, 0.1, 3.904, 0.070), (20, 10, 1.0524, 0.0031), (30, 10, 1.0545, 0.0032),
    ]
    #expect(rows.count == expected.count)
    for (row, (L, noise, ratio, error)) in zip(rows, expected) {
      #expect(try row.number("L") == L && row.number("noise_variance") == noise)
      #expect(try row.number("seeds") == 6 && row.number("converged_share") == 1)
      #expect(try row.number("converged_excess") > 10 * row.number("converged_excess_sem"))
      let own = try row.number("converged_ratio_sem")
      let distance = try abs(row.number("converged_ratio") - ratio)
      #expect(distance < 4 * (own * own + error * error).squareRoot(), "L = \(L), σ_Z² = \(noise)")
      // One step is the best number of steps, and worse than Bayes.
      #expect(try row.number("best_step") == 1)
      #expect(try row.number("one_step_loss") > row.number("bayes_loss"))
      // The caption's noise makes the energy convex: one end for all queries of a context.
      #expect(try (row.number("ends_per_context") == 1) == (noise == 10))
    }
  }
}
