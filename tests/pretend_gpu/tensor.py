"""A tensor that says it is on the pretend GPU."""

from typing import Any

import torch
from torch import Tensor, nn

from tests.pretend_gpu import dispatch

TYPE = "cuda"


class PretendTensor(Tensor):
    """Holds its values in `inner`, a CPU tensor."""

    inner: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor, device: torch.device) -> "PretendTensor":
        made = Tensor._make_wrapper_subclass(
            cls,
            inner.size(),
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            layout=inner.layout,
            device=device,
        )
        made.inner = inner
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None) -> Any:
        return dispatch.run(func, args, kwargs or {})

    def __tensor_flatten__(self):
        return ["inner"], self.device

    @staticmethod
    def __tensor_unflatten__(inner, device, size, stride):
        return PretendTensor(inner["inner"], device)

    def __repr__(self, *, tensor_contents=None) -> str:
        return f"pretend({self.detach().inner!r})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.dim() == 0 else repr(self)

    def tolist(self):
        return self.cpu().tolist()

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        if not self.is_leaf:
            raise RuntimeError("Only Tensors created explicitly by the user support deepcopy")
        with torch.no_grad():
            made = _as_it_was(self, self.detach().clone())
        memo[id(self)] = made
        return made

    def __reduce_ex__(self, protocol):
        """Is pickled as a CPU tensor: as what is loaded with map_location="cpu"."""
        return _as_it_was(self, self.detach().inner.clone()).__reduce_ex__(protocol)

    def share_memory_(self):
        return self

    def numpy(self, *, force: bool = False):
        if force:
            return self.detach().cpu().numpy()
        raise TypeError(
            f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy "
            "the tensor to host memory first."
        )

    def __array__(self, dtype=None):
        return self.numpy()

    def data_ptr(self):
        return self.inner.data_ptr()

    def untyped_storage(self):
        return self.inner.untyped_storage()

    def is_pinned(self, device=None) -> bool:
        return False

    def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
        made = on_host(data, dtype=dtype or self.dtype)
        return made.to(self.device if device is None else device).requires_grad_(requires_grad)


def _as_it_was(old: Tensor, made: Tensor) -> Tensor:
    if getattr(old, "_is_param", False):
        return nn.Parameter(made, requires_grad=old.requires_grad)
    return made.requires_grad_(old.requires_grad)


on_host, _as_tensor = torch.tensor, torch.as_tensor


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False) -> Tensor:
    """Stands for torch.tensor, which makes its values on the host and sends them: that waits."""
    if device is None or torch.device(device).type != TYPE:
        return on_host(data, dtype=dtype, device=device, requires_grad=requires_grad)
    return on_host(data, dtype=dtype).to(device).requires_grad_(requires_grad)


def as_tensor(data, dtype=None, device=None) -> Tensor:
    """Stands for torch.as_tensor."""
    if isinstance(data, Tensor):
        made = data if dtype is None else data.to(dtype)
    else:
        made = _as_tensor(data, dtype=dtype)
    return made if device is None else made.to(device)
