public import Messaging

/// A trial handed to a worker, as it travels; Sweeps has an assignment of another kind.
public typealias Assignment = Messaging.Assignment
