public import Results

/// The SQLite store is what runs store into.
extension ResultStore: TrialStore {}
