// What libFuzzer calls: our readers as its target, and our generators beside its own as its mutator.

import Foundation
import Fuzzing

@_silgen_name("LLVMFuzzerMutate")
func libFuzzerMutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maxSize: Int) -> Int

let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["ICD_FUZZ_TARGET"] ?? ""
  do {
    guard let target = try FuzzTarget.all().first(where: { $0.name == name }) else { fatalError("no target \(name)") }
    return target
  } catch { fatalError("\(error)") }
}()

/// Reads one input; what does not hold ends the process, which libFuzzer keeps the input of.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  do {
    try target.run(Array(UnsafeBufferPointer(start: data, count: size)))
  } catch { fatalError("\(error)") }
  return 0
}

/// Half of the time libFuzzer's own changes; else ours, to what there is or to one of the valid inputs.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maxSize: Int, _ seed: CUnsignedInt) -> Int {
  var generator = FuzzGenerator(seed: UInt64(seed))
  if Bool.random(using: &generator) && size > 0 { return libFuzzerMutate(data, size, maxSize) }
  let isFresh = size == 0 || UInt8.random(in: 0..<8, using: &generator) == 0
  let input =
    isFresh
    ? target.input(seed: UInt64(seed), index: 0)
    : target.mutated(Array(UnsafeBufferPointer(start: data, count: size)), &generator)
  let count = min(input.count, maxSize)
  for index in 0..<count { data[index] = input[index] }
  return count
}
