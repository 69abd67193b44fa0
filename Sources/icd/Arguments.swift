public import ArgumentParser
public import Reports

extension TableKind: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
