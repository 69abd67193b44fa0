// Times each kernel alone, several rounds in turn, and prints median, minimum and throughput.
//
// Usage: kernels [--rounds N] [NAME …]   where a case runs if its name contains one of the given words

import Foundation
import Workloads

var rounds = 7
var words: [String] = []
var arguments = CommandLine.arguments.dropFirst().makeIterator()
while let argument = arguments.next() {
  if argument == "--rounds", let count = arguments.next().flatMap(Int.init), count >= 1 {
    rounds = count
  } else if argument.hasPrefix("-") {
    FileHandle.standardError.write(Data("usage: kernels [--rounds N] [NAME …]\n".utf8))
    exit(2)
  } else {
    words.append(argument)
  }
}

var cases = KernelBenchmark.all.filter { words.isEmpty || words.contains(where: $0.name.contains) }
for _ in 0..<rounds {
  for index in cases.indices { try cases[index].measure() }
}
print(KernelBenchmark.heading)
for benchmark in cases { print(benchmark.line) }
