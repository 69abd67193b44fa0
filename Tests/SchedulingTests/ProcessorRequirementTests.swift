import Foundation
import Scheduling
import Testing

/// Descriptions of processors as Linux gives them, shortened to the lines that matter.
@Suite struct ProcessorRequirementTests {
  private static let haswell = """
    processor	: 0
    vendor_id	: GenuineIntel
    model name	: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz
    flags		: fpu sse sse2 ssse3 pni cx16 lahf_lm sse4_1 sse4_2 popcnt movbe xsave avx f16c abm fma bmi1 avx2 bmi2 erms
    vmx flags	: vnmi preemption_timer

    processor	: 1
    flags		: fpu

    """

  private static let nehalem = """
    processor	: 0
    model name	: Intel(R) Xeon(R) CPU           X5570  @ 2.93GHz
    flags		: fpu sse sse2 ssse3 pni cx16 lahf_lm sse4_1 sse4_2 popcnt

    """

  @Test func aProcessorThatHasAllIsAccepted() {
    #expect(ProcessorRequirement.problem(inDescription: Self.haswell, level: .v3) == nil)
  }

  @Test func anOldProcessorIsNamedWithWhatItLacks() throws {
    let problem = try #require(ProcessorRequirement.problem(inDescription: Self.nehalem, level: .v3))
    #expect(problem.contains("X5570"))
    #expect(problem.contains("lacks avx, avx2, bmi1, bmi2, f16c, fma, abm, movbe, xsave, and"))
    #expect(problem.contains("x86-64-v3") && problem.contains("-cpu host"))
  }

  /// Each feature counts, and only as a whole word: avx2 is not avx.
  @Test(arguments: ProcessorRequirement.Level.v3.features)
  func everyFeatureIsAskedFor(feature: String) throws {
    let text = Self.haswell.replacingOccurrences(of: " \(feature) ", with: " ")
    try #require(text != Self.haswell)
    let problem = try #require(ProcessorRequirement.problem(inDescription: text, level: .v3))
    #expect(problem.contains("lacks \(feature), and"))
  }

  @Test func aProgramForAVX512SaysHowToBuildOneWithout() throws {
    let problem = try #require(ProcessorRequirement.problem(inDescription: Self.haswell, level: .v4))
    #expect(problem.contains("lacks avx512f, avx512bw, avx512cd, avx512dq, avx512vl, and"))
    #expect(problem.contains("x86-64-v4") && problem.contains("without ICD_PROCESSOR"))
    let skylake = Self.haswell.replacingOccurrences(
      of: " avx2 ", with: " avx2 avx512f avx512bw avx512cd avx512dq avx512vl ")
    #expect(ProcessorRequirement.problem(inDescription: skylake, level: .v4) == nil)
  }

  @Test func aDescriptionWithoutFlagsIsNoReasonToRefuse() {
    #expect(ProcessorRequirement.problem(inDescription: "") == nil)
    #expect(ProcessorRequirement.problem(inDescription: "processor\t: 0\nFeatures\t: fp asimd\n") == nil)
  }

  /// The tests themselves run the numeric core, so the machine they run on has what it takes.
  @Test func thisProcessorIsAccepted() { #expect(ProcessorRequirement.problem() == nil) }
}
