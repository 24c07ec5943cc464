"""A pretend GPU on CPU memory: `torch.device("cuda")` works on a build of torch without CUDA.

A pretend tensor says `device=cuda:N` and holds its values in a CPU tensor. Kernels really run, so
whole training sessions work, and what a real device refuses is refused:

- operations on tensors of two devices, but for CPU scalars and CPU indices where CUDA takes them;
- access to its memory from numpy, and pinning it;
- generators of another device. Draws come from the device's own generator, and are counted when
  nobody has seeded it (`Record.unseeded`);
- a backward pass through cuDNN's recurrent layers in eval mode, and a second derivative of them;
- float64, if asked to: Apple's GPUs have none.

Everything that makes the host wait is counted, with the line of the project that asked
(`Record.waits`), and so are kernels. It shows nothing of a real device's numerics, memory, times or
collectives.

    with pretend_gpu(devices=2) as record:
        ...

It needs a C++ compiler once: the library it makes is kept in the temporary folder.
"""

from tests.pretend_gpu.device import pretend_gpu
from tests.pretend_gpu.guard import can_pretend, register
from tests.pretend_gpu.record import Record

__all__ = ["Record", "can_pretend", "pretend_gpu", "register"]
