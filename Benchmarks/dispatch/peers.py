"""One measurement of one peer: `peers.py NAME TASKS`, in a process of its own, printed as one JSON line.

Two workers on this machine, tasks that do nothing, every task's result back in this process; the clock runs from the
first submission to the last result, with workers that have been up and have done tasks before. Each peer is used as its
documentation advises for very many very small tasks, but a task stays a task: what is put together by hand into larger
tasks is measured as a row of its own.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time

WORKERS = 2
WARM_UP = 200
# Tasks of a hand-made chunk.
CHUNK = 64


def empty(_):
    """What a task does."""
    return None


def timed(submit, tasks):
    """Seconds of a call that returns the results of so many tasks."""
    submit(WARM_UP)
    begin = time.perf_counter()
    results = submit(tasks)
    seconds = time.perf_counter() - begin
    if len(results) != tasks or any(result is not None for result in results):
        sys.exit("dispatch: not every task came back")
    return seconds


def pool(tasks, chunk=1):
    with multiprocessing.Pool(WORKERS) as workers:
        return timed(lambda count: list(workers.imap_unordered(empty, range(count), chunk)), tasks), sys.version.split()[0]


def pool_chunked(tasks):
    return pool(tasks, CHUNK)


def dask(tasks):
    import distributed

    import dask as configuration

    with tempfile.TemporaryDirectory() as directory:
        # No dashboard, no profiler, no transition log, work stealing off: all of it is work for each task.
        configuration.config.set({
            "distributed.worker.profile.enabled": False, "distributed.scheduler.work-stealing": False,
            "distributed.admin.low-level-log-length": 0, "distributed.scheduler.active-memory-manager.start": False,
            "temporary-directory": directory,
        })
        return with_dask(distributed, tasks)


def with_dask(distributed, tasks):
    with distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster, distributed.Client(cluster) as client:
        # pure=False: no hash of the arguments is taken for a key.
        submit = lambda count: client.gather(client.map(empty, range(count), pure=False, batch_size=1_000))
        return timed(submit, tasks), distributed.__version__


def parsl(tasks):
    import parsl as library
    from parsl.app.app import python_app
    from parsl.config import Config
    from parsl.executors import HighThroughputExecutor
    from parsl.providers import LocalProvider

    # It starts programs of its own by name.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    executor = HighThroughputExecutor(
        label="local", address="127.0.0.1", max_workers_per_node=WORKERS, prefetch_capacity=100, cores_per_worker=1,
        encrypted=False, provider=LocalProvider(init_blocks=1, max_blocks=1, min_blocks=1))
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        with library.load(Config(
            executors=[executor], retries=0, strategy="none", usage_tracking=0,
            run_dir=directory, initialize_logging=False,
        )):
            task = python_app(empty)
            submit = lambda count: [future.result() for future in [task(index) for index in range(count)]]
            answer = timed(submit, tasks), library.__version__
        os.chdir("/")
    return answer


def ray(tasks):
    return with_ray(tasks, lambda library: library.remote(num_cpus=1)(empty).remote)


def ray_actors(tasks):
    """Two actors that live on: no scheduler between the caller and the worker."""
    def make(library):
        class Worker:
            def run(self, value):
                return empty(value)

        actors = [library.remote(num_cpus=1)(Worker).remote() for _ in range(WORKERS)]
        return lambda index: actors[index % WORKERS].run.remote(index)

    return with_ray(tasks, make)


def with_ray(tasks, make):
    os.environ |= {"RAY_DEDUP_LOGS": "0", "RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    import ray as library

    # Its logs and sockets are gone with the measurement.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        library.init(
            num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR",
            configure_logging=False, object_store_memory=200 << 20, _temp_dir=directory)
        try:
            call = make(library)
            return timed(lambda count: library.get([call(index) for index in range(count)]), tasks), library.__version__
        finally:
            library.shutdown()


PEERS = {
    "pool": pool, "pool_chunked": pool_chunked, "dask": dask, "parsl": parsl, "ray": ray, "ray_actors": ray_actors,
}

if __name__ == "__main__":
    name, count = sys.argv[1], int(sys.argv[2])
    taken, version = PEERS[name](count)
    print(json.dumps({"tasks": count, "seconds": taken, "version": version}))
