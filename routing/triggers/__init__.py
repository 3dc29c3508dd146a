from routing.triggers.firing import on_event

__all__ = ["on_event"]
