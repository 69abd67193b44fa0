"""NumPy's float32 normals, into an array that exists, in blocks that stay in the cache and in one large block."""

import numpy as np
import tasks

BLOCK, LARGE = 8_000, 4_000_000
DRAWS = 8_000_000


def normals(bit_generator, block):
    generator = np.random.Generator(bit_generator(1))
    out = np.empty(block, dtype=np.float32)

    def run(_):
        generator.standard_normal(dtype=np.float32, out=out)
        watch = tasks.Stopwatch()
        for _ in range(DRAWS // block):
            generator.standard_normal(dtype=np.float32, out=out)
        return watch.lap(DRAWS)

    return run


if __name__ == "__main__":
    tasks.serve(
        {
            "normals": normals(np.random.PCG64, BLOCK),
            "normals_sfc64": normals(np.random.SFC64, BLOCK),
            "normals_large": normals(np.random.PCG64, LARGE),
        }
    )
