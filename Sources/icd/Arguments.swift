public import ArgumentParser
public import Reports

extension TableKind: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
extension LogLevel: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
