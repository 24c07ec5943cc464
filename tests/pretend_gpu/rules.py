"""What CUDA refuses, and what makes the host wait for it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from tests.pretend_gpu import dispatch
from tests.pretend_gpu.record import asking_line
from tests.pretend_gpu.state import STATE

aten = torch.ops.aten
TYPE = "cuda"

CROSSING = {
    *(aten.copy_.default, aten._to_copy.default, aten.copy.default, aten._copy_from.default),
}
CPU_INDICES = {
    *(aten.index.Tensor, aten.index_put.default, aten.index_put_.default),
    *(aten._index_put_impl_.default, aten._unsafe_index.Tensor),
}
# Operations whose result's shape, or whose check of its input, the host needs to know.
WAITING = {
    *("aten::nonzero", "aten::masked_select", "aten::_unique2", "aten::unique_dim"),
    *("aten::unique_consecutive", "aten::bincount", "aten::repeat_interleave.Tensor"),
    *("aten::_local_scalar_dense", "aten::equal", "aten::is_nonzero", "aten::linalg_eigh"),
    *("aten::_linalg_eigh", "aten::_linalg_svd", "aten::linalg_svd", "aten::linalg_cholesky_ex"),
    *("aten::histc", "aten::histogram", "aten::_linalg_check_errors", "aten::linalg_qr"),
}
INDEXING = (
    "aten::index.Tensor",
    "aten::index_put",
    "aten::_index_put_impl_",
    "aten::_unsafe_index",
)
NO_KERNEL = {
    *("aten::detach", "aten::alias", "aten::_unsafe_view", "aten::lift_fresh", "aten::empty"),
    *("aten::empty_like", "aten::new_empty", "aten::empty_strided", "aten::new_empty_strided"),
    "aten::_reshape_alias",
}
# The steps of optimizers live on the CPU.
MIXING = ("aten::_foreach", "aten::_fused_adam", "aten::_amp_")
TAKES_CPU_SCALARS = {
    *("index_put", "_index_put_impl", "index", "where", "masked_fill", "fill", "lerp", "addcmul"),
    *("addcdiv", "clamp", "copy", "set", "full_like", "scalar_tensor", "item"),
    *("_local_scalar_dense", "pow", "index_fill"),
}
FLOAT64 = (torch.float64, torch.complex128)


def check(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], flat: Sequence[Any], target: Any
) -> None:
    """Raises what torch would, if an operation mixes devices or asks for what there is not."""
    if func not in CROSSING:
        _check_devices(func, args, flat)
    generator = kwargs.get("generator")
    if generator is not None and target.type == TYPE and generator._cdata not in STATE.on_device:
        raise RuntimeError(
            f"Expected a 'cuda' device type for generator but found 'cpu' ({_place(func)})"
        )
    if STATE.refuse_float64 and target.type == TYPE and kwargs.get("dtype") in FLOAT64:
        raise TypeError(
            "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support "
            f"float64 ({_place(func)})"
        )


def _check_devices(func: Any, args: Sequence[Any], flat: Sequence[Any]) -> None:
    devices = {value.device for value in flat if dispatch.is_pretended(value)}
    plain = [v for v in flat if isinstance(v, Tensor) and not dispatch.is_pretended(v)]
    if len(devices) > 1:
        raise _mixed(func, devices)
    if not devices or func._schema.name.startswith(MIXING):
        return
    arrays = [tensor for tensor in plain if tensor.dim() > 0]
    if func in CPU_INDICES:
        if not dispatch.is_pretended(args[0]):
            raise RuntimeError(
                "indices should be either on cpu or on the same device as the indexed tensor (cpu) "
                f"({_place(func)})"
            )
        indices = {id(index) for index in args[1] if index is not None}
        arrays = [tensor for tensor in arrays if id(tensor) not in indices]
    scalars = [] if _takes_cpu_scalars(func) else [t for t in plain if t.dim() == 0]
    if arrays or scalars:
        raise _mixed(func, devices | {torch.device("cpu")}, arrays + scalars)


def _mixed(func: Any, devices: Iterable[torch.device], what: Sequence[Tensor] = ()) -> Exception:
    names = " and ".join(sorted(map(str, devices)))
    shapes = ", ".join(str(tuple(tensor.shape)) for tensor in what)
    return RuntimeError(
        "Expected all tensors to be on the same device, but found at least two devices, "
        f"{names}! ({_place(func)}; {shapes})"
    )


def _place(func: Any) -> str:
    return f"{func} at {asking_line()}"


@cache
def _takes_cpu_scalars(func: Any) -> bool:
    name = func._schema.name.split("::")[1].rstrip("_")
    return torch.Tag.pointwise in func.tags or name in TAKES_CPU_SCALARS


@cache
def is_view(func: Any) -> bool:
    """Whether an operation's result shares memory with what it was given."""
    arguments = func._schema.arguments
    return any(a.alias_info is not None and not a.alias_info.is_write for a in arguments)


def count_cost(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], flat: Sequence[Any], target: Any
) -> None:
    """Records an operation's kernel, and whether the host waits for it."""
    if func in CROSSING:
        _count_copy(func, args, kwargs, target)
        return
    name, overload = func._schema.name, func._schema.overload_name
    full = f"{name}.{overload}" if overload else name
    if full in WAITING or name in WAITING:
        STATE.record.wait(name)
    elif full.startswith(INDEXING):
        for index in args[1]:
            _count_index(name, index)
    if not is_view(func) and name not in NO_KERNEL:
        STATE.record.kernels[name] += 1


def _count_index(name: str, index: Tensor | None) -> None:
    if index is None:
        return
    if not dispatch.is_pretended(index):
        STATE.record.wait(f"cpu index of {name}")
    elif index.dtype in (torch.bool, torch.uint8):
        STATE.record.wait(f"mask of {name}")


def _count_copy(func: Any, args: Sequence[Any], kwargs: dict[str, Any], target: Any) -> None:
    if func is aten._to_copy.default:
        source, goal = args[0].device.type, target.type
    else:
        source, goal = args[1].device.type, args[0].device.type
    if source == goal:
        STATE.record.kernels[func._schema.name] += 1
        return
    way = f"{source}->{goal}"
    STATE.record.copies[way, asking_line()] += 1
    patient = kwargs.get("non_blocking", False)
    if func is aten.copy_.default and len(args) > 2:
        patient = args[2]
    # From memory that is not pinned the driver copies first, which takes time but does not wait.
    if not patient or source == TYPE:
        STATE.record.wait(way)
