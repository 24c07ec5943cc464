"""Where regularizers are registered."""

from multigan.registry import Registry

REGULARIZERS: Registry[type] = Registry("regularizer")
