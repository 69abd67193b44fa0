"""What a store holds, read with SQLite itself and not with the program under test."""

import sqlite3
from contextlib import closing
from pathlib import Path


def query(directory, sql):
    """Rows of a statement; none while there is no store yet."""
    path = Path(directory) / "results.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as database:
        try:
            return database.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def results(directory):
    """Digest, start and worker of each committed trial."""
    rows = query(
        directory,
        "SELECT t.trial, r.digest, r.started_at, r.worker FROM results r JOIN trials t ON t.id = r.trial_id")
    return {trial: tuple(rest) for trial, *rest in rows}


def digests(directory):
    """Digest of each committed trial."""
    return {trial: values[0] for trial, values in results(directory).items()}


def count(directory):
    """How many trials have a result."""
    rows = query(directory, "SELECT count(*) FROM results")
    return rows[0][0] if rows else 0


def row_counts(directory):
    """Rows of every table that holds a part of a result: twice as many would be a result counted twice."""
    tables = ["trials", "results", "metrics", "curves", "weights"]
    return {table: query(directory, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def strikes(directory):
    """Failed attempts, and how many of them ended their trial."""
    return query(directory, "SELECT count(*), coalesce(sum(is_final), 0) FROM failures")[0]


def median_seconds(directory):
    """Seconds of the median trial."""
    seconds = sorted(row[0] for row in query(directory, "SELECT seconds FROM results"))
    return seconds[len(seconds) // 2]


def integrity(directory):
    """SQLite's own opinion of the file."""
    return query(directory, "PRAGMA integrity_check")[0][0]
