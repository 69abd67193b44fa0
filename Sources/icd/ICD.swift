import ArgumentParser
@main struct ICD: ParsableCommand {}
